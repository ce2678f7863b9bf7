import { isDigest } from '../reference/digest.ts';
import { isTag } from '../reference/parse-reference.ts';
import { type ApiRequest, emptyReply, problem, requestHeader } from './api-request.ts';
import type { Reply } from './faults.ts';
import { algorithmOf, type RegistryContent } from './registry-content.ts';

/** Range requests: answered (RFC 9110 §14), or taken for requests for the whole. */
export type RangeSupport = 'honoured' | 'ignored';

/** `GET` and `HEAD /v2/<name>/manifests/<reference>` */
export function answerManifest(content: RegistryContent, name: string, reference: string, request: ApiRequest): Reply {
  const found = content.find(name, 'manifest', reference);
  if (found === undefined) return problem(404, 'MANIFEST_UNKNOWN', 'not known to registry');
  if (requestHeader(request, 'accept') === undefined) return problem(406, 'UNSUPPORTED', 'no Accept header');
  const { bytes, mediaType, digest } = found;
  return {
    status: 200,
    headers: {
      'content-type': mediaType,
      'content-length': String(bytes.length),
      'docker-content-digest': digest,
      etag: `"${digest}"`,
    },
    body: bytes,
  };
}

/** `GET` and `HEAD /v2/<name>/blobs/<digest>` */
export function answerBlob(
  content: RegistryContent,
  name: string,
  reference: string,
  request: ApiRequest,
  ranges: RangeSupport,
): Reply {
  const found = content.find(name, 'blob', reference);
  if (found === undefined) return problem(404, 'BLOB_UNKNOWN', 'not known to registry');
  const { bytes, mediaType, digest } = found;
  const etag = `"${digest}"`;
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest, etag };
  const range = ranges === 'honoured' ? requestHeader(request, 'range') : undefined;
  const unchanged = [undefined, etag].includes(requestHeader(request, 'if-range'));
  if (![undefined, etag, '*'].includes(requestHeader(request, 'if-match'))) return emptyReply(412);
  if (range === undefined || !unchanged) {
    const told = ranges === 'honoured' ? { 'accept-ranges': 'bytes' } : {};
    return { status: 200, headers: { ...headers, ...told, 'content-length': String(bytes.length) }, body: bytes };
  }
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const end = last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length);
  if (first === '' || Number(first) >= end) {
    return problem(416, 'RANGE_INVALID', 'no such range', { 'content-range': `bytes */${bytes.length}` });
  }
  const part = bytes.subarray(Number(first), end);
  const contentRange = `bytes ${first}-${end - 1}/${bytes.length}`;
  return {
    status: 206,
    headers: { ...headers, 'content-length': String(part.length), 'content-range': contentRange },
    body: part,
  };
}

interface Referred {
  readonly mediaType?: string;
  readonly config?: { readonly digest?: string };
  readonly layers?: readonly { readonly digest?: string; readonly urls?: readonly string[] }[];
  readonly manifests?: readonly { readonly digest?: string }[];
  readonly subject?: { readonly digest?: string };
}

/** `PUT /v2/<name>/manifests/<reference>`: only where everything that it refers to is there. */
export function storeManifest(content: RegistryContent, name: string, reference: string, request: ApiRequest): Reply {
  if (!isDigest(reference) && !isTag(reference)) return problem(400, 'TAG_INVALID', 'not a tag');
  let document: Referred;
  try {
    document = JSON.parse(Buffer.from(request.body).toString('utf8')) as Referred;
  } catch {
    return problem(400, 'MANIFEST_INVALID', 'not JSON');
  }
  const mediaType = requestHeader(request, 'content-type') ?? '';
  if (mediaType === '' || (document.mediaType ?? mediaType) !== mediaType) {
    return problem(400, 'MANIFEST_INVALID', 'the Content-Type is not the media type');
  }
  const own = (document.layers ?? []).filter(({ urls }) => (urls?.length ?? 0) === 0);
  const blobs = [document.config, ...own].flatMap((part) => part?.digest ?? []);
  const isMissing = (kind: 'blob' | 'manifest') => (digest: string) => content.find(name, kind, digest) === undefined;
  const children = (document.manifests ?? []).flatMap((child) => child.digest ?? []);
  if (blobs.some(isMissing('blob')) || children.some(isMissing('manifest'))) {
    return problem(400, 'MANIFEST_BLOB_UNKNOWN', 'a part of it is not known to registry');
  }
  const tag = isDigest(reference) ? undefined : reference;
  const algorithm = isDigest(reference) ? algorithmOf(reference) : 'sha256';
  const digest = content.putManifest(name, tag, { mediaType, bytes: request.body }, algorithm);
  if (isDigest(reference) && digest !== reference) {
    content.deleteManifest(name, digest);
    return problem(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const subject = document.subject?.digest;
  return emptyReply(201, {
    location: `/v2/${name}/manifests/${digest}`,
    'docker-content-digest': digest,
    ...(subject !== undefined && { 'oci-subject': subject }),
  });
}
