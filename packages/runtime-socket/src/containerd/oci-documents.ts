import { z } from 'zod';
import type { Descriptor, ImageManifest } from '../image/manifest.ts';
import { digestSchema, optional } from '../wire/fields.ts';

const text = optional(z.string());

const descriptorSchema: z.ZodType<Descriptor> = z.looseObject({
  mediaType: z.string().max(255),
  digest: digestSchema,
  size: z.int().nonnegative(),
  urls: optional(z.array(z.string())),
  annotations: optional(z.record(z.string(), z.string())),
});

/** Checks an OCI image manifest or Docker schema 2 manifest (image-spec, manifest.md). */
export const manifestSchema: z.ZodType<ImageManifest> = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: text,
  artifactType: text,
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(10_000),
  annotations: optional(z.record(z.string(), z.string())),
});

/** A child of an index (image-spec, image-index.md "manifests"). */
export interface IndexEntry extends Descriptor {
  readonly platform?:
    | {
        readonly os: string;
        readonly architecture: string;
        readonly variant?: string | undefined;
        readonly 'os.version'?: string | undefined;
      }
    | undefined;
}

/** OCI image index or Docker manifest list, as far as it is used. */
export interface ImageIndex {
  readonly manifests: readonly IndexEntry[];
}

/** Checks an {@link ImageIndex}. */
export const indexSchema: z.ZodType<ImageIndex> = z.object({
  schemaVersion: z.literal(2),
  manifests: z
    .array(
      z.intersection(
        descriptorSchema,
        z.object({
          platform: optional(z.object({ os: z.string(), architecture: z.string(), variant: text, 'os.version': text })),
        }),
      ),
    )
    .max(10_000),
});

/** Tells an index from a manifest by what it holds; one with the fields of both is refused (CVE-2021-41190). */
export const shapeSchema: z.ZodType<{ readonly isIndex: boolean }> = z
  .looseObject({ manifests: z.unknown().optional(), config: z.unknown().optional(), layers: z.unknown().optional() })
  .refine(({ manifests, config, layers }) => Boolean(manifests) !== Boolean(config ?? layers), {
    message: 'it is neither an image index nor an image manifest',
  })
  .transform(({ manifests }) => ({ isIndex: Boolean(manifests) }));
