import { createHash } from 'node:crypto';

/** Bytes that a registry serves under their digest. */
export interface StoredContent {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image with everything it consists of. */
export interface DoubleImage {
  /** The manifest or index that a tag names. */
  readonly root: StoredContent;
  /** All manifests and indexes, the root among them. */
  readonly manifests: readonly StoredContent[];
  /** Configs and layers. */
  readonly blobs: readonly StoredContent[];
}

/** Bytes with their digest. */
export function storedContent(mediaType: string, bytes: Buffer): StoredContent {
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, mediaType, bytes };
}

/** The descriptor by which a manifest names some content. */
export function descriptorOf({ digest, mediaType, bytes }: StoredContent): Readonly<Record<string, unknown>> {
  return { mediaType, digest, size: bytes.length };
}
