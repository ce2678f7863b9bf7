import type { DoubleAnswer } from './envelope.ts';
import type { HostRequest } from './host-server.ts';

/** A request for a route, after token and scope were found right. */
export interface RouteCall {
  readonly request: HostRequest;
  readonly query: URLSearchParams;
  /** The segments of the path that the route's pattern names, percent-decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What `X-Cs-Traceid` of the answer will be. */
  readonly traceId: string;
  readonly host: 'api' | 'upload';
  /** The customer the token acts for: id with checksum. */
  readonly ccid: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One call of the API that the double serves. */
export interface DoubleRoute {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  /** A path; a segment `{name}` stands for any one segment. */
  readonly path: string;
  /** What the API client must be allowed to, as `name:read` or `name:write`. */
  readonly scope: string;
  /**
   * Form of the refusal for a missing scope: `meta` is `msa.ReplyMetaOnly`, `entities` is `core.EntitiesResponse`,
   * `bare` is a lone `msa.APIError`. Default `meta`.
   */
  readonly refusal?: 'meta' | 'entities' | 'bare';
  /** Whether the container upload host serves it too. Default: the API host alone. */
  readonly onUploadHost?: boolean;
  answer(call: RouteCall): DoubleAnswer | Promise<DoubleAnswer>;
}
