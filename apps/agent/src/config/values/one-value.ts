import { z } from 'zod';

/** The text of a setting that has one value; what every other single value is made from. */
export const oneValue: z.ZodString = z.string({ error: 'is a list, but the setting has one value' });

/** Any text. */
export const text: z.ZodType<string> = oneValue.min(1);

/** One of some words, in lower or upper case. */
export function oneOf<const T extends string>(words: readonly T[]): z.ZodType<T> {
  return oneValue.toLowerCase().pipe(z.enum(words, { error: `is none of ${words.join(', ')}` }));
}

/** `true` or `false`, `1` or `0`, in lower or upper case. */
export const boolean: z.ZodType<boolean> = oneValue.pipe(
  z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: 'is neither true nor false' }),
);

/** A whole number within bounds, both included. */
export function wholeNumber(from: number, to: number): z.ZodType<number> {
  const error = `is not a whole number from ${from} to ${to}`;
  return oneValue
    .regex(/^\d{1,15}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().min(from, { error }).max(to, { error }));
}
