import { z } from 'zod';

/**
 * The members of a model of the cloud as zod knows them: one entry for each member of `T`, optional where `T` has it
 * optional, so that a member cannot be forgotten.
 */
export type ModelShape<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? z.ZodExactOptional<z.ZodType<Exclude<T[K], undefined>>>
    : z.ZodType<T[K]>;
};

/**
 * A model of the cloud, read leniently: `null` is the same as absent, and members that the model does not know are kept
 * as they are, for the cloud adds some with each release.
 */
export function model<T extends object>(shape: ModelShape<T>): z.ZodType<T> {
  const members = z.looseObject({ ...shape } as unknown as Record<string, z.ZodType>);
  return z.preprocess(withoutNulls, members) as unknown as z.ZodType<T>;
}

function withoutNulls(value: unknown): unknown {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
    : value;
}

/** A text; a number is read as its digits, because the cloud's own models differ in that. */
const textValue: z.ZodType<string> = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z.string(),
);

/** A number; a text of digits is read as one, because the cloud's own models differ in that. */
const numberValue: z.ZodType<number> = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,15}(\.\d{1,15})?$/.test(value.trim()) ? Number(value) : value),
  z.number(),
);

/** A boolean; `"true"` and `"false"` are read as such. */
const flagValue: z.ZodType<boolean> = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);

/** A text that may be absent. */
export const text: z.ZodExactOptional<z.ZodType<string>> = textValue.exactOptional();

/** A text without which the model is of no use. */
export const neededText: z.ZodType<string> = textValue;

/** A number that may be absent. */
export const number: z.ZodExactOptional<z.ZodType<number>> = numberValue.exactOptional();

/** A boolean that may be absent. */
export const flag: z.ZodExactOptional<z.ZodType<boolean>> = flagValue.exactOptional();

/** A boolean without which the model is of no use. */
export const neededFlag: z.ZodType<boolean> = flagValue;

/** A value of any form, for members the published models leave untyped. */
export const anything: z.ZodExactOptional<z.ZodType<unknown>> = z.unknown().exactOptional();

/** A model inside another one. */
export function part<T>(schema: z.ZodType<T>): z.ZodExactOptional<z.ZodType<T>> {
  return schema.exactOptional();
}

/** A list; absent and `null` are an empty one. */
export function list<T>(item: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z.array(item).default(() => []) as unknown as z.ZodType<readonly T[]>;
}

/** A list of texts. */
export const texts: z.ZodType<readonly string[]> = list(textValue);

/** An object with keys of the cloud's choice; absent and `null` are an empty one. */
export function mapOf<T>(value: z.ZodType<T>): z.ZodType<Readonly<Record<string, T>>> {
  return z.record(z.string(), value).default(() => ({})) as unknown as z.ZodType<Readonly<Record<string, T>>>;
}

/** An object with keys and values of the cloud's choice. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Any JSON object, as it came. */
export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.unknown());
