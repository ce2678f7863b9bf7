import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Fault, FaultRequest } from './fault.ts';

/** Which credential a request came with, without telling it: equal ones have equal hashes. */
export interface RecordedAuthorization {
  /** `Basic` or `Bearer`, as sent. */
  readonly scheme: string;
  /** First 16 hex digits of the SHA-256 of the whole header. */
  readonly hash: string;
}

/** A request that arrived. */
export interface RecordedRequest {
  /** `storage` is the second origin that redirects lead to. */
  readonly server: 'registry' | 'storage';
  /** What it asks for. Requests to the storage server are all `storage`. */
  readonly kind: FaultRequest['kind'];
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Query as it came, with its question mark, or empty. */
  readonly query: string;
  /** Repository, where the path names one. */
  readonly repository: string | undefined;
  /** Tag, digest, or id of an upload, where the path names one. */
  readonly reference: string | undefined;
  /** As they came. `authorization` is there to be read by its name, and does not show when a record is printed. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The credential, comparable and masked. */
  readonly authorization: RecordedAuthorization | undefined;
  /** Whether the client proved who it is with a certificate. */
  readonly clientCertificate: boolean;
  /** Bytes of the request's body that were read. */
  bytesReceived: number;
  /** Status of the answer; 0 before there is one. */
  status: number;
  /** Bytes of the answer's body that were handed to the socket. */
  bytesSent: number;
  /** What went wrong on purpose. */
  fault: Fault['kind'] | undefined;
  /** What became of the answer: `closed` where the connection was closed before its end, by either side. */
  outcome: 'open' | 'sent' | 'closed';
}

/** What requests are looked up by: all that is given must be equal. */
export type RequestFilter = Partial<
  Pick<
    RecordedRequest,
    'server' | 'kind' | 'method' | 'path' | 'repository' | 'reference' | 'status' | 'fault' | 'outcome'
  >
>;

/** Headers whose credentials do not show when they are printed. */
export function maskedHeaders(headers: IncomingHttpHeaders): RecordedRequest['headers'] {
  const copy = { ...headers };
  for (const name of ['authorization', 'proxy-authorization', 'cookie']) {
    if (copy[name] !== undefined) Object.defineProperty(copy, name, { value: copy[name], enumerable: false });
  }
  return copy;
}

/** The credential of a request, masked. */
export function maskedAuthorization(header: string | undefined): RecordedAuthorization | undefined {
  if (header === undefined) return undefined;
  const hash = createHash('sha256').update(header).digest('hex').slice(0, 16);
  return { scheme: header.split(' ', 1)[0] ?? '', hash };
}

interface Waiting {
  readonly predicate: (request: RecordedRequest) => boolean;
  readonly found: (request: RecordedRequest) => void;
  readonly failed: (reason: unknown) => void;
}

/** The requests so far, and who waits for the next. */
export class RequestLog {
  readonly requests: RecordedRequest[] = [];
  readonly #waiting = new Set<Waiting>();
  #isClosed = false;

  /** Adds a request. */
  add(request: RecordedRequest): void {
    this.requests.push(request);
    this.changed(request);
  }

  /** Must be called after a request has been changed. */
  changed(request: RecordedRequest): void {
    for (const entry of [...this.#waiting]) if (entry.predicate(request)) entry.found(request);
  }

  /** Requests that are as wanted. */
  matching(filter: RequestFilter): RecordedRequest[] {
    const wanted = Object.entries(filter) as [keyof RequestFilter, unknown][];
    return this.requests.filter((request) => wanted.every(([key, value]) => request[key] === value));
  }

  /** The first request, past or coming, that a predicate holds for. */
  waitFor(predicate: Waiting['predicate'], signal: AbortSignal | undefined): Promise<RecordedRequest> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const past = this.requests.find(predicate);
      if (past !== undefined) return resolve(past);
      if (this.#isClosed) return reject(new Error('the test registry was closed'));
      const leave = (): void => {
        this.#waiting.delete(entry);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => entry.failed(signal?.reason);
      const entry: Waiting = {
        predicate,
        found: (request) => {
          leave();
          resolve(request);
        },
        failed: (reason) => {
          leave();
          reject(reason);
        },
      };
      this.#waiting.add(entry);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Nothing comes any more. */
  close(): void {
    this.#isClosed = true;
    for (const entry of [...this.#waiting]) entry.failed(new Error('the test registry was closed'));
  }
}
