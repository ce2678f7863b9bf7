import { type ApiRequest, jsonReply, problem } from './api-request.ts';
import type { Reply } from './faults.ts';
import type { RegistryContent } from './registry-content.ts';

/** One page of a sorted list, with the link to the next (distribution-spec "Listing Tags"). */
function page(
  all: readonly string[],
  { url }: ApiRequest,
  maxPageSize: number | undefined,
  document: (entries: readonly string[]) => unknown,
): Reply {
  const asked = url.searchParams.get('n');
  const size = asked === null ? (maxPageSize ?? all.length) : Number(asked);
  if (!Number.isInteger(size) || size < 0) return problem(400, 'PAGINATION_NUMBER_INVALID', 'n is not a number');
  if (maxPageSize !== undefined && size > maxPageSize)
    return problem(405, 'UNSUPPORTED', `n is at most ${maxPageSize}`);
  const last = url.searchParams.get('last') ?? '';
  const rest = all.filter((entry) => entry > last);
  const entries = rest.slice(0, size);
  const end = entries.at(-1);
  if (end === undefined || entries.length === rest.length) return jsonReply(document(entries));
  const query = new URLSearchParams({ last: end, n: String(size) });
  return jsonReply(document(entries), { link: `<${url.pathname}?${query}>; rel="next"` });
}

/** `GET /v2/<name>/tags/list` */
export function answerTags(content: RegistryContent, name: string, request: ApiRequest, maxPageSize?: number): Reply {
  if (!content.has(name)) return problem(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  return page(content.tags(name), request, maxPageSize, (tags) => ({ name, tags }));
}

/** `GET /v2/_catalog`, which distribution has and the spec has not. */
export function answerCatalog(content: RegistryContent, request: ApiRequest, maxPageSize?: number): Reply {
  return page(content.names(), request, maxPageSize, (repositories) => ({ repositories }));
}

/** `GET /v2/<name>/referrers/<digest>` (distribution-spec "Listing Referrers"). */
export function answerReferrers(content: RegistryContent, name: string, digest: string, request: ApiRequest): Reply {
  const wanted = request.url.searchParams.get('artifactType');
  const manifests = [...content.manifests(name)].flatMap(([own, { bytes, mediaType }]) => {
    const document = parsed(bytes);
    if (document?.subject?.digest !== digest) return [];
    const artifactType = document.artifactType ?? document.config?.mediaType;
    if (wanted !== null && artifactType !== wanted) return [];
    const { annotations } = document;
    return [{ mediaType, digest: own, size: bytes.length, artifactType, ...(annotations && { annotations }) }];
  });
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return jsonReply(
    { schemaVersion: 2, mediaType, manifests },
    { 'content-type': mediaType, ...(wanted !== null && { 'oci-filters-applied': 'artifactType' }) },
  );
}

interface Referring {
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly subject?: { readonly digest?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

function parsed(bytes: Uint8Array): Referring | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Referring;
  } catch {
    // Tests push documents that are none.
    return undefined;
  }
}
