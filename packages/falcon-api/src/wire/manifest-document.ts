import { z } from 'zod';
import { arrayOf, int32, int64, optional, stringMap } from './schema-parts.ts';

/**
 * The image manifest as the cloud types it: `v1.Manifest`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_manifest.go
 */
export interface ManifestDocument {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly config: DescriptorDocument;
  /** Lowest layer first. */
  readonly layers: readonly DescriptorDocument[];
  readonly mediaType?: string;
  /** 2. */
  readonly schemaVersion: number;
  readonly subject?: DescriptorDocument;
}

/**
 * A descriptor: `v1.Descriptor`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_descriptor.go
 */
export interface DescriptorDocument {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  /** Embedded content, base64. */
  readonly data?: string;
  /** `algorithm:hex`. */
  readonly digest: string;
  readonly mediaType: string;
  readonly platform?: PlatformDocument;
  /** Bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
}

/**
 * A platform: `v1.Platform`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/v1_platform.go
 */
export interface PlatformDocument {
  readonly architecture: string;
  readonly os: string;
  readonly 'os.features'?: readonly string[];
  readonly 'os.version'?: string;
  readonly variant?: string;
}

const platformSchema: z.ZodType<PlatformDocument> = z.strictObject({
  architecture: z.string(),
  os: z.string(),
  'os.features': optional(arrayOf(z.string())),
  'os.version': optional(z.string()),
  variant: optional(z.string()),
});

const descriptorSchema: z.ZodType<DescriptorDocument> = z.strictObject({
  annotations: optional(stringMap),
  artifactType: optional(z.string()),
  data: optional(z.string()),
  digest: z.string(),
  mediaType: z.string(),
  platform: optional(platformSchema),
  size: int64,
  urls: optional(arrayOf(z.string())),
});

/** Checks a `v1.Manifest`. */
export const manifestDocumentSchema: z.ZodType<ManifestDocument> = z.strictObject({
  annotations: optional(stringMap),
  artifactType: optional(z.string()),
  config: descriptorSchema,
  layers: arrayOf(descriptorSchema),
  mediaType: optional(z.string()),
  schemaVersion: int32,
  subject: optional(descriptorSchema),
});
