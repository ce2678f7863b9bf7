import type { z } from 'zod';
import { RuntimeError } from '../runtime-error.ts';

/**
 * Decodes JSON that a runtime sent and checks it.
 *
 * @param where what is decoded, for messages
 * @throws RuntimeError `INVALID_RESPONSE`, naming the first field that is wrong
 */
export function parseDocument<T>(bytes: Uint8Array, schema: z.ZodType<T>, where: string): T {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new RuntimeError('INVALID_RESPONSE', `${where}: it is not JSON`, { cause });
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String).join('.').slice(0, 120) || 'the document';
  throw new RuntimeError('INVALID_RESPONSE', `${where}: ${path}: ${issue?.message ?? 'is malformed'}`);
}
