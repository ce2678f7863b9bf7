import { z } from 'zod';

/** An `int32` of the published schema. */
export const int32: z.ZodType<number> = z.int32();

/** An `int64` of the published schema, as far as JSON carries it exactly: ±(2^53 - 1). */
export const int64: z.ZodType<number> = z.int();

/**
 * A `date-time` of the published schema: RFC 3339 with seconds and a zone, any fraction. The year 0001 is welcome, for
 * that is how Go writes a time nobody set.
 */
export const dateTime: z.ZodType<string> = z
  .string()
  .refine(isDateTime, 'Invalid input: expected an RFC 3339 date-time')
  .meta({ format: 'date-time' });

/** A required value of any type. Go refuses `null` there, because it cannot tell it from an absent value. */
export const anyValue: z.ZodType<unknown> = z
  .unknown()
  .refine((value) => value !== undefined && value !== null, 'Invalid input: expected any value but null');

/** A `map<string,string>`. */
export const stringMap: z.ZodType<Readonly<Record<string, string>>> = z.record(z.string(), z.string());

/** A `map<string,any>`. */
export const anyMap: z.ZodType<Readonly<Record<string, unknown>>> = z.record(z.string(), z.unknown());

/** An array. Go clients write an absent one as `null`, which is read as empty. */
export function arrayOf<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .array(item)
    .nullable()
    .transform((items) => items ?? []);
}

/** An optional member: absent or of its type, never `undefined`. */
export function optional<T>(schema: z.ZodType<T>): z.ZodExactOptional<z.ZodType<T>> {
  return schema.exactOptional();
}

const dateTimeForm: RegExp =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Tells whether a text is an RFC 3339 date-time on a day that exists. */
export function isDateTime(text: string): boolean {
  const match = dateTimeForm.exec(text);
  if (match === null) {
    return false;
  }
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return day <= daysOfMonth(year, month);
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
