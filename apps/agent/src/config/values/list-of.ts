import { z } from 'zod';
import { quoteValue } from '../quote-value.ts';

/** Values separated by commas, or a list of them; blanks around one and empty ones do not count. */
export function listOf<T>(entry: z.ZodType<T>, separator: RegExp = /,/): z.ZodType<readonly T[]> {
  return z
    .union([z.string().transform((text) => text.split(separator)), z.array(z.string())])
    .transform((texts, ctx) => {
      const given = texts.map((text) => text.trim()).filter((text) => text !== '');
      return given.flatMap((text) => {
        const { success, data, error } = entry.safeParse(text);
        if (success) return [data];
        const why = error.issues.map(({ message }) => message).join(' and ');
        ctx.addIssue({ code: 'custom', message: `has the entry ${quoteValue(text)}, which ${why}` });
        return [];
      });
    });
}
