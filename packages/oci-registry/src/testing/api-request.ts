import { errorDocument, type Reply } from './reply.ts';

/** A request that has passed authentication, for one route of the API. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  /** Whether the body came to its end; what was received of it is there all the same. */
  readonly complete: boolean;
  /** Whether the same credential may read another repository. */
  canPull(repository: string): boolean;
}

/** The first value of a request's header. */
export function requestHeader(request: Pick<ApiRequest, 'headers'>, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** An answer without a body. */
export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-length': '0', ...headers }, body: new Uint8Array(0) };
}

/** A JSON document. */
export function jsonReply(document: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = Buffer.from(JSON.stringify(document));
  const own = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return { status: 200, headers: { ...own, ...headers }, body };
}

/** An error document of distribution-spec "Error Codes". */
export function problem(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = errorDocument(code, message);
  const own = { 'content-type': 'application/json', 'content-length': String(body.length) };
  return { status, headers: { ...own, ...headers }, body };
}
