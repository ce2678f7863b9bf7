import { type ApiRequest, emptyReply, problem, requestHeader } from './api-request.ts';
import type { RegistryContent } from './registry-content.ts';
import type { Reply } from './reply.ts';

/** Range requests: answered (RFC 9110 §14), or taken for requests for the whole. */
export type RangeSupport = 'honoured' | 'ignored';

interface ByteRange {
  readonly first: number;
  /** One past the last byte. */
  readonly end: number;
}

/**
 * The one range that a `Range` header asks for, of a body of so many bytes. What is malformed, in another unit or of
 * several parts may be ignored (RFC 9110 §14.2), and is.
 */
function rangeOf(header: string, length: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header);
  const [, from = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) return undefined;
  if (from === '') {
    const first = Math.max(0, length - Number(to));
    return first < length ? { first, end: length } : 'unsatisfiable';
  }
  const first = Number(from);
  if (to !== '' && Number(to) < first) return undefined;
  return first < length ? { first, end: to === '' ? length : Math.min(Number(to) + 1, length) } : 'unsatisfiable';
}

/** Whether a list of entity tags names this one (RFC 9110 §13.1). */
export function namesTag(header: string | undefined, etag: string): boolean {
  return header?.split(',').some((entry) => [etag, '*'].includes(entry.trim())) === true;
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
  const told = ranges === 'honoured' ? { 'accept-ranges': 'bytes' } : {};
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest, etag, ...told };
  const ifMatch = requestHeader(request, 'if-match');
  if (ifMatch !== undefined && !namesTag(ifMatch, etag)) return emptyReply(412);
  if (namesTag(requestHeader(request, 'if-none-match'), etag)) return notModified(digest, etag);
  const isUnchanged = [undefined, etag].includes(requestHeader(request, 'if-range'));
  const asked = request.method === 'GET' && ranges === 'honoured' && isUnchanged;
  const range = asked ? rangeOf(requestHeader(request, 'range') ?? '', bytes.length) : undefined;
  if (range === 'unsatisfiable') {
    return problem(416, 'RANGE_INVALID', 'no such range', { 'content-range': `bytes */${bytes.length}` });
  }
  if (range === undefined) {
    return { status: 200, headers: { ...headers, 'content-length': String(bytes.length) }, body: bytes };
  }
  const body = bytes.subarray(range.first, range.end);
  const contentRange = `bytes ${range.first}-${range.end - 1}/${bytes.length}`;
  const partHeaders = { ...headers, 'content-length': String(body.length), 'content-range': contentRange };
  return { status: 206, headers: partHeaders, body };
}

/** 304 for what the client has already. */
export function notModified(digest: string, etag: string): Reply {
  return { status: 304, headers: { etag, 'docker-content-digest': digest }, body: new Uint8Array(0) };
}
