import type { z } from 'zod';
import { Secret } from '../secret.ts';
import { oneValue } from './one-value.ts';

/** Any text, never shown. */
export const secretText: z.ZodType<Secret> = oneValue.transform((text) => new Secret(text));
