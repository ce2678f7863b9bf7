import { z } from 'zod';

/** Registered digest algorithms, in the form that the image-spec allows (descriptor.md "Digests"). */
export const digestSchema: z.ZodType<string> = z
  .string()
  .regex(/^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/, 'is not a sha256 or sha512 digest');

/** A field that may be missing: Go writes `null` for what is empty, so null is absence. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** An optional list of strings. */
export const texts: z.ZodType<readonly string[] | undefined> = optional(z.array(z.string()));
