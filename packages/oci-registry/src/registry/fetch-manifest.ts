import { RegistryError } from '../error.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import { manifestAccept } from '../image/media-types.ts';
import { defaultManifestBytes, manifestTooLarge, verifiedManifest } from '../image/verified-manifest.ts';
import { isDigest } from '../reference/digest.ts';
import type { Reference } from '../reference/reference.ts';
import type { HttpResponse } from '../transport/http.ts';
import { header } from '../transport/http-headers.ts';
import { readCapped } from '../transport/read-capped.ts';
import type { RegistryRequest } from '../transport/registry-request.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { abandonBody, responseBody } from '../transport/response-body.ts';
import type { RegistryReadOptions } from './read-options.ts';

/** How a manifest is fetched. */
export interface FetchManifestOptions extends RegistryReadOptions {
  /** Size by its descriptor, where there is one. */
  readonly size?: number | undefined;
  /** Largest manifest, in bytes. */
  readonly limit?: number | undefined;
}

/** The digest the bytes must have: that of the reference, or for a tag the one the registry answers with. */
function promisedDigest(reference: Reference, response: HttpResponse): string | undefined {
  if (reference.digest !== undefined) return reference.digest;
  const answered = header(response, 'docker-content-digest');
  return isDigest(answered) ? answered : undefined;
}

function announcesMoreThan(response: HttpResponse, limit: number): boolean {
  return Number(header(response, 'content-length')) > limit;
}

/** The request for a manifest. What a tag means is asked of hosts that may say so; a digest can be had anywhere. */
export function manifestRequest(reference: Reference, { keychain, signal }: FetchManifestOptions): RegistryRequest {
  return {
    path: `manifests/${reference.digest ?? reference.tag ?? 'latest'}`,
    need: reference.digest === undefined ? 'resolve' : 'pull',
    accept: manifestAccept,
    notFound: 'MANIFEST_UNKNOWN',
    keychain,
    signal,
  };
}

/**
 * Gets a manifest or index by tag or digest (distribution-spec "Pulling manifests") and verifies it: against the
 * digest asked for, or for a tag against `Docker-Content-Digest`.
 *
 * @throws RegistryError `MANIFEST_UNKNOWN`, `NAME_UNKNOWN`, `MANIFEST_TOO_LARGE`, `DIGEST_INVALID`, `SIZE_INVALID`, …
 */
export function fetchManifest(
  transport: RegistryTransport,
  reference: Reference,
  options: FetchManifestOptions,
): Promise<VerifiedManifest> {
  const { limit = defaultManifestBytes, signal, size } = options;
  const where = `${reference.registry}/${reference.repository}: manifest ${reference.digest ?? reference.tag ?? 'latest'}`;
  return transport.ask(reference, manifestRequest(reference, options), async (response) => {
    if (announcesMoreThan(response, limit)) {
      abandonBody(response);
      throw manifestTooLarge(where, limit);
    }
    const bytes = await readCapped(responseBody(response, signal), limit, () => manifestTooLarge(where, limit));
    if (size !== undefined && bytes.length !== size) {
      throw new RegistryError('SIZE_INVALID', `${where}: ${bytes.length} bytes where ${size} were promised`);
    }
    return verifiedManifest(bytes, promisedDigest(reference, response), header(response, 'content-type'), where);
  });
}
