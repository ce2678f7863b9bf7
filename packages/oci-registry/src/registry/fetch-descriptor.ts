import { RegistryError } from '../error.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { manifestAccept } from '../image/media-types.ts';
import { wrongDigest } from '../image/verify-content.ts';
import { isDigest } from '../reference/digest.ts';
import type { Reference } from '../reference/reference.ts';
import type { HttpResponse } from '../transport/http.ts';
import { header } from '../transport/http-headers.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { type FetchManifestOptions, fetchManifest, manifestRequest } from './fetch-manifest.ts';

/** What a name means at a registry now. */
export type ResolvedDescriptor = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;

/** Reads the headers of a manifest; `undefined` where they do not say enough. */
function described(reference: Reference, response: HttpResponse): ResolvedDescriptor | undefined {
  const answered = header(response, 'docker-content-digest');
  const digest = isDigest(answered) ? answered : reference.digest;
  const mediaType = header(response, 'content-type')?.split(';', 1)[0]?.trim();
  const length = header(response, 'content-length') ?? '';
  if (reference.digest !== undefined && digest !== undefined && digest !== reference.digest) {
    throw wrongDigest(response.what, digest, reference.digest);
  }
  // "0" is what servers say that do not know the length for a HEAD.
  if (digest === undefined || !mediaType || !/^[1-9]\d{0,14}$/.test(length)) return undefined;
  return { mediaType, digest, size: Number(length) };
}

/**
 * Finds what a reference means by HEAD, without reading it (distribution-spec "Checking if content exists in the
 * registry"). Where the registry does not do that, or says too little, the manifest is fetched, and verified.
 *
 * @throws RegistryError as {@link fetchManifest} does
 */
export async function fetchDescriptor(
  transport: RegistryTransport,
  reference: Reference,
  options: FetchManifestOptions,
): Promise<ResolvedDescriptor> {
  const asked = { ...manifestRequest(reference, options), method: 'HEAD', accept: manifestAccept } as const;
  try {
    const found = await transport.ask(reference, asked, async (response) => {
      await response.body.dump();
      return described(reference, response);
    });
    if (found !== undefined) return found;
  } catch (error) {
    const isUnknownMethod = error instanceof RegistryError && [400, 405, 501].includes(error.status ?? 0);
    if (!isUnknownMethod) throw error;
  }
  const { bytes, digest, mediaType } = await fetchManifest(transport, reference, options);
  return { mediaType, digest, size: bytes.length };
}
