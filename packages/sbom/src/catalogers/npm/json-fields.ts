/** An object of a JSON document, of which nothing is known yet. */
export type JsonFields = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, and no array. */
export function isJsonObject(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
