import { z } from 'zod';
import { isDigest } from '../reference/digest.ts';
import type { Platform } from './platform.ts';

/** Platform object as it is on the wire (image-spec, image-index.md). */
export interface WirePlatform {
  readonly architecture?: string | undefined;
  readonly os?: string | undefined;
  readonly variant?: string | undefined;
  readonly 'os.version'?: string | undefined;
  readonly 'os.features'?: readonly string[] | undefined;
}

/** Content descriptor (image-spec, descriptor.md). Fields not listed are kept as they came. */
export interface Descriptor {
  /** Media type of what is described. */
  readonly mediaType: string;
  /** Digest of its bytes, of a checked form. */
  readonly digest: string;
  /** Its length in bytes. */
  readonly size: number;
  /** Where else it may be had: asked for foreign layers that the registry does not hold. */
  readonly urls?: readonly string[] | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly artifactType?: string | undefined;
  /** The content itself in base64, as an offer; it is only believed where digest and size agree. */
  readonly data?: string | undefined;
  /** In an index: what the child runs on. */
  readonly platform?: WirePlatform | undefined;
}

/** What has to be known to read content and to verify it. */
export type ContentDescriptor = Pick<Descriptor, 'digest' | 'size'>;

/** An optional wire field: Go writes `null` for what is empty, so null is absence. */
export function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** Media types per RFC 6838, loosely: something without spaces that cannot break a header. */
const mediaType = z
  .string()
  .max(255)
  .regex(/^[\x21-\x7e]*$/);

const platformSchema: z.ZodType<WirePlatform> = z.looseObject({
  architecture: optional(z.string()),
  os: optional(z.string()),
  variant: optional(z.string()),
  'os.version': optional(z.string()),
  'os.features': optional(z.array(z.string())),
});

/** Checks a {@link Descriptor}. */
export const descriptorSchema: z.ZodType<Descriptor> = z.looseObject({
  mediaType,
  digest: z.string().refine(isDigest, 'not a sha256 or sha512 digest'),
  size: z.int().nonnegative(),
  urls: optional(z.array(z.string())),
  annotations: optional(z.record(z.string(), z.string())),
  artifactType: optional(z.string()),
  data: optional(z.string()),
  platform: optional(platformSchema),
});

/** The platform of a wire object, if it names one. */
export function toPlatform(wire: WirePlatform | undefined): Platform | undefined {
  if (!wire?.os || !wire.architecture) return undefined;
  return {
    os: wire.os,
    architecture: wire.architecture,
    ...(wire.variant && { variant: wire.variant }),
    ...(wire['os.version'] && { osVersion: wire['os.version'] }),
  };
}
