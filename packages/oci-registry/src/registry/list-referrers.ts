import { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { type ImageIndex, parseManifest } from '../image/manifest.ts';
import { ociIndexType } from '../image/media-types.ts';
import { parseDigest } from '../reference/digest.ts';
import { header } from '../transport/http-headers.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import { type FetchManifestOptions, fetchManifest } from './fetch-manifest.ts';
import { listPages, type Page } from './list-pages.ts';

/** Options of {@link RegistryClient.listReferrers}. */
export interface ListReferrersOptions extends FetchManifestOptions {
  /** Only referrers of this type: `application/spdx+json`, `application/vnd.dev.cosign.artifact.sig.v1+json`. */
  readonly artifactType?: string | undefined;
}

/** Statuses by which registries say that they have no referrers API; 404 is that of the specification. */
const withoutApi = [400, 404, 405, 406, 501] as const;

/**
 * The tag under which clients keep the referrers of a digest where the registry does not (distribution-spec "Referrers
 * Tag Schema"): `sha256-<hex>`, cut to what a tag may be.
 */
export function referrersTag(digest: string): string {
  const { algorithm, hex } = parseDigest(digest);
  return `${algorithm}-${hex.slice(0, 64)}`;
}

function indexOf({ document, where }: Page): ImageIndex {
  const parsed = parseManifest(Buffer.from(JSON.stringify(document)), ociIndexType, where);
  if (parsed.kind === 'index') return parsed.document;
  throw new RegistryError('RESPONSE_INVALID', `${where}: the list of referrers is not an index`);
}

function wanted(entries: readonly Descriptor[], artifactType: string | undefined): readonly Descriptor[] {
  return artifactType === undefined ? entries : entries.filter((entry) => entry.artifactType === artifactType);
}

/** Whether the registry has filtered by itself (`OCI-Filters-Applied`). */
function hasFiltered(page: Page): boolean {
  const filters = header(page, 'oci-filters-applied')?.split(',') ?? [];
  return filters.some((filter) => /^\s*artifactType\s*$/i.test(filter));
}

/** The list that clients keep under a tag; `undefined` where there is none. */
export async function taggedReferrers(
  transport: RegistryTransport,
  target: HostTarget,
  digest: string,
  options: FetchManifestOptions,
): Promise<ImageIndex | undefined> {
  const { registry, repository } = target;
  const tag = referrersTag(digest);
  try {
    const found = await fetchManifest(transport, { registry, repository, tag }, options);
    if (found.kind === 'index') return found.document;
  } catch (error) {
    const isAbsent = error instanceof RegistryError && error.status === 404;
    if (isAbsent) return undefined;
    throw error;
  }
  throw new RegistryError(
    'MANIFEST_INVALID',
    `${registry}/${repository}: ${tag}: the list of referrers is not an index`,
  );
}

async function* referrersOf(
  transport: RegistryTransport,
  target: HostTarget,
  find: () => Promise<string>,
  options: ListReferrersOptions,
): AsyncGenerator<Descriptor, void, undefined> {
  const { artifactType } = options;
  const digest = await find();
  parseDigest(digest);
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  const first = `referrers/${digest}${query}`;
  const request = { first, notFound: 'NAME_UNKNOWN', accept: ociIndexType, absent: withoutApi } as const;
  const read = (page: Page): readonly Descriptor[] => {
    const { manifests } = indexOf(page);
    return hasFiltered(page) ? manifests : wanted(manifests, artifactType);
  };
  if (yield* listPages(transport, target, request, options, read)) return;
  const index = await taggedReferrers(transport, target, digest, options);
  yield* wanted(index?.manifests ?? [], artifactType);
}

/**
 * What refers to a manifest: signatures, attestations, SBOMs (distribution-spec "Listing Referrers"). Asks the registry's
 * API, and where it has none the tag that clients keep. Nothing is yielded where there is neither.
 *
 * Iterating throws RegistryError `DIGEST_INVALID` where the digest is none, `RESPONSE_INVALID`, `MANIFEST_INVALID`, and
 * those of the transport.
 *
 * @param digest finds the digest of the manifest or index that is referred to; it need not exist
 */
export function listReferrers(
  transport: RegistryTransport,
  target: HostTarget,
  digest: () => Promise<string>,
  options: ListReferrersOptions,
): AsyncIterable<Descriptor> {
  return { [Symbol.asyncIterator]: () => referrersOf(transport, target, digest, options) };
}
