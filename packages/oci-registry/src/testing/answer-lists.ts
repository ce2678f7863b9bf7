import { isDigest } from '../reference/digest.ts';
import { type ApiRequest, jsonReply, problem } from './api-request.ts';
import type { RegistryContent } from './registry-content.ts';
import type { Reply } from './reply.ts';

/** How lists are sorted and cut. */
export interface ListOptions {
  /** Largest `n`, above which it is refused; also what is sent where none is asked for. */
  readonly maxPageSize?: number | undefined;
  /** Default `bytes`. */
  readonly listOrder?: 'bytes' | 'letters' | undefined;
}

/** What entries are compared by. */
function keyOf(entry: string, order: ListOptions['listOrder']): string {
  return order === 'letters' ? `${entry.toLowerCase()}\0${entry}` : entry;
}

/** One page of a list, with the link to the next (distribution-spec "Listing Tags"). */
function page(
  names: readonly string[],
  { url }: ApiRequest,
  { maxPageSize, listOrder }: ListOptions,
  document: (entries: readonly string[]) => unknown,
): Reply {
  const all = names.map((name) => ({ name, key: keyOf(name, listOrder) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const asked = url.searchParams.get('n');
  if (asked !== null && !/^\d{1,9}$/.test(asked)) return problem(400, 'PAGINATION_NUMBER_INVALID', 'n is not a number');
  const size = asked === null ? (maxPageSize ?? all.length) : Number(asked);
  if (maxPageSize !== undefined && size > maxPageSize)
    return problem(405, 'UNSUPPORTED', `n is at most ${maxPageSize}`);
  // `last` need not be there any more: its place in the order is what counts.
  const last = url.searchParams.get('last');
  const rest = last === null ? all : all.filter(({ key }) => key > keyOf(last, listOrder));
  const entries = rest.slice(0, size).map(({ name }) => name);
  const end = entries.at(-1);
  if (end === undefined || entries.length === rest.length) return jsonReply(document(entries));
  const query = new URLSearchParams({ last: end, n: String(size) });
  return jsonReply(document(entries), { link: `<${url.pathname}?${query}>; rel="next"` });
}

/** `GET /v2/<name>/tags/list` */
export function answerTags(content: RegistryContent, name: string, request: ApiRequest, options: ListOptions): Reply {
  if (!content.has(name)) return problem(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  return page(content.tags(name), request, options, (tags) => ({ name, tags }));
}

/** `GET /v2/_catalog`, which distribution has and the spec has not. */
export function answerCatalog(content: RegistryContent, request: ApiRequest, options: ListOptions): Reply {
  return page(content.names(), request, options, (repositories) => ({ repositories }));
}

const indexType = 'application/vnd.oci.image.index.v1+json';

/** `GET /v2/<name>/referrers/<digest>` (distribution-spec "Listing Referrers"). An unknown digest has none. */
export function answerReferrers(
  content: RegistryContent,
  name: string,
  digest: string,
  request: ApiRequest,
  { maxPageSize = Number.POSITIVE_INFINITY }: ListOptions,
): Reply {
  if (!isDigest(digest)) return problem(400, 'DIGEST_INVALID', 'not a digest');
  const wanted = request.url.searchParams.get('artifactType') ?? '';
  const all = referrersOf(content, name, digest).filter(({ artifactType }) => wanted === '' || artifactType === wanted);
  const last = request.url.searchParams.get('last') ?? '';
  const rest = all.filter((referrer) => referrer.digest > last);
  const manifests = rest.slice(0, maxPageSize);
  const query = new URLSearchParams({
    ...(wanted !== '' && { artifactType: wanted }),
    last: manifests.at(-1)?.digest ?? '',
  });
  const isLast = manifests.length === rest.length;
  return jsonReply(
    { schemaVersion: 2, mediaType: indexType, manifests },
    {
      'content-type': indexType,
      ...(wanted !== '' && { 'oci-filters-applied': 'artifactType' }),
      ...(!isLast && { link: `<${request.url.pathname}?${query}>; rel="next"` }),
    },
  );
}

interface Referrer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function referrersOf(content: RegistryContent, name: string, digest: string): Referrer[] {
  const referrers = [...content.manifests(name)].flatMap(([own, { bytes, mediaType }]): Referrer[] => {
    const document = parsed(bytes);
    if (document?.subject?.digest !== digest) return [];
    const artifactType = document.artifactType || document.config?.mediaType;
    const { annotations } = document;
    const size = bytes.length;
    return [
      { mediaType, digest: own, size, ...(artifactType && { artifactType }), ...(annotations && { annotations }) },
    ];
  });
  return referrers.sort((one, other) => (one.digest < other.digest ? -1 : 1));
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
