/** A value that survives `JSON.stringify` and `JSON.parse` unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A JSON object; an absent key and one set to `undefined` are the same. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
