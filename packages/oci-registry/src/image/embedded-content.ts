import { digestOf, parseDigest } from '../reference/digest.ts';
import type { ContentStore, VerifiedManifest } from './content-store.ts';
import type { Descriptor } from './descriptor.ts';
import type { ReadOptions } from './image.ts';
import { verifiedManifest } from './verified-manifest.ts';

/**
 * The content that a descriptor brings along (image-spec, descriptor.md "data"), so that it need not be read; `undefined`
 * where it brings none, or something else than its digest and size say: runtimes do not look at it, so what they run is
 * the content that the digest names.
 */
export function embeddedContent({
  data,
  digest,
  size,
}: Pick<Descriptor, 'data' | 'digest' | 'size'>): Uint8Array | undefined {
  // Base64 needs four characters for three bytes.
  if (data === undefined || data.length > Math.ceil(size / 3) * 4 + 4) return undefined;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length === size && digestOf(bytes, parseDigest(digest).algorithm) === digest ? bytes : undefined;
}

/**
 * Reads the manifest or index of a descriptor, verified: out of the descriptor itself, or from where it is stored.
 *
 * @throws RegistryError those of {@link ContentStore.readManifest}
 */
export async function readManifest(
  store: ContentStore,
  descriptor: Descriptor,
  options: ReadOptions,
): Promise<VerifiedManifest> {
  const bytes = embeddedContent(descriptor);
  if (bytes === undefined) return store.readManifest(descriptor, options);
  return verifiedManifest(
    bytes,
    descriptor.digest,
    descriptor.mediaType,
    `${store.name}: manifest ${descriptor.digest}`,
  );
}
