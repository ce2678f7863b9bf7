import type { Fault, FaultRequest, SignedUrl } from './fault.ts';
import { errorDocument, type Reply } from './reply.ts';

/** Where the storage server is. */
export interface StorageUrls {
  /** Base URL. */
  readonly base: string;
  /** Signs a path with its query. */
  sign(path: string, terms: SignedUrl): string;
}

function flipped(body: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(body);
  copy[at] = (copy[at] ?? 0) ^ 0x01;
  return copy;
}

function oversized(reply: Reply, bytes: number, chunked: boolean): Reply {
  const body = Buffer.alloc(Math.max(bytes, reply.body.length), ' ');
  body.set(reply.body);
  const { 'content-length': _, ...headers } = reply.headers;
  return { ...reply, body, headers: chunked ? headers : { ...headers, 'content-length': String(body.length) } };
}

function failed(fault: Extract<Fault, { kind: 'status' }>): Reply {
  const { code = 'UNKNOWN' } = fault;
  const body = fault.body === undefined ? errorDocument(code, 'injected fault') : Buffer.from(fault.body);
  const headers: Record<string, string> = { 'content-type': 'application/json', ...fault.headers };
  if (fault.retryAfter !== undefined) headers['retry-after'] = String(fault.retryAfter);
  return { status: fault.status, headers: { ...headers, 'content-length': String(body.length) }, body };
}

function redirected(fault: Extract<Fault, { kind: 'redirect' }>, path: string, storage: StorageUrls): Reply {
  const own = fault.signed === undefined ? path : storage.sign(path, fault.signed);
  const location = fault.to ?? storage.base + own;
  return { status: fault.status ?? 307, headers: { location, 'content-length': '0' }, body: new Uint8Array(0) };
}

function shifted(reply: Reply, { shift, denied }: Extract<Fault, { kind: 'range' }>): Reply {
  const [, first, last, length] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(reply.headers['content-range'] ?? '') ?? [];
  if (reply.status !== 206 || first === undefined) return reply;
  // Where there is nothing so late, the last byte has to do.
  const by = Math.min(shift, reply.body.length - 1);
  const later = reply.body.subarray(by);
  if (denied === true) return { ...reply, body: Buffer.concat([later, reply.body.subarray(0, by)]) };
  const contentRange = `bytes ${Number(first) + by}-${last}/${length}`;
  const headers = { ...reply.headers, 'content-range': contentRange, 'content-length': String(later.length) };
  return { ...reply, headers, body: later };
}

/** The answer as a fault leaves it. */
export function applyFault(reply: Reply, fault: Fault, { path }: FaultRequest, storage: StorageUrls): Reply {
  switch (fault.kind) {
    case 'flip':
      return { ...reply, body: flipped(reply.body, fault.at) };
    case 'oversize':
      return oversized(reply, fault.bytes, fault.chunked === true);
    case 'headers':
      return { ...reply, headers: { ...reply.headers, ...fault.headers } };
    case 'status':
      return failed(fault);
    case 'redirect':
      return redirected(fault, path, storage);
    case 'range':
      return shifted(reply, fault);
    case 'loop':
      return { ...reply, headers: { ...reply.headers, link: `<${path}>; rel="next"` } };
    case 'expire-token':
    case 'drop':
      // Both have done what they do before there was an answer.
      return reply;
    default:
      return { ...reply, delivery: fault };
  }
}
