/** The hosts of the double. `other-region` is the API host of a region the credentials do not belong to. */
export type DoubleHost = 'api' | 'upload' | 'other-region';

/** A request the double has answered. */
export interface RecordedRequest {
  readonly host: DoubleHost;
  readonly method: string;
  readonly path: string;
  /** Without `Authorization`. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Status of the answer, or what was done to the connection. */
  readonly answer: number | 'reset' | 'hang';
  readonly traceId: string;
}

/** Why the double refused a request. The cloud itself would not say. */
export interface Rejection {
  readonly host: DoubleHost;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** For a body, each problem as `path: what is wrong`, joined by `; `. */
  readonly reason: string;
  readonly traceId: string;
}
