/** The hosts of the double. `other-region` is the API host of a region the credentials do not belong to. */
export type DoubleHost = 'api' | 'upload' | 'other-region';

/** What the double did about a request: the status it gave, or what became of the connection. */
export type CallOutcome = number | 'reset' | 'hang' | 'truncated';

/** A request the double has answered. */
export interface RecordedRequest {
  readonly host: DoubleHost;
  readonly method: string;
  readonly path: string;
  /** Without `Authorization`. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly answer: CallOutcome;
  readonly traceId: string;
}

/** Why the double refused a request. The cloud itself would not say. */
export interface Rejection {
  readonly host: DoubleHost;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** For a body, each problem as `path: what is wrong`, joined by `; `. No value of the request is quoted. */
  readonly reason: string;
  readonly traceId: string;
}

/** One line of the double's log. It holds no token, secret or value of a body. */
export interface CallRecord {
  readonly host: DoubleHost;
  readonly method: string;
  readonly path: string;
  readonly answer: CallOutcome;
  /** Why it was refused. */
  readonly reason?: string;
  /** What was done, where the status does not tell: `stored sha256:… of agent …`. */
  readonly note?: string;
  /** Bytes of the request's body as it was sent. */
  readonly bytes: number;
  /** From the whole request to the answer. */
  readonly milliseconds: number;
  readonly traceId: string;
}
