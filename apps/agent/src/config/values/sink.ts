import { z } from 'zod';
import { oneValue } from './one-value.ts';

/** Where inventories are delivered to: the Falcon cloud, or a directory. */
export type SinkSetting = { readonly kind: 'falcon' } | { readonly kind: 'file'; readonly directory: string };

/** `falcon` or `file:DIR`. */
export const sink: z.ZodType<SinkSetting> = oneValue.transform((text, ctx): SinkSetting => {
  if (text.toLowerCase() === 'falcon') return { kind: 'falcon' };
  const directory = /^file:(?:\/\/(?=\/))?(.+)$/s.exec(text)?.[1];
  if (directory !== undefined) return { kind: 'file', directory };
  ctx.addIssue({ code: 'custom', message: 'is neither falcon nor file:DIR' });
  return z.NEVER;
});

/** The text of a sink, which also names it: no two sinks have the same. */
export function formatSink(setting: SinkSetting): string {
  return setting.kind === 'falcon' ? 'falcon' : `file:${setting.directory}`;
}
