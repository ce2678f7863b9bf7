import type { Delivery } from './reply.ts';

/** What goes wrong with an answer of the test registry. */
export type Fault =
  | Delivery
  /** One byte of the body is changed. */
  | { readonly kind: 'flip'; readonly at: number }
  /** The body is filled up with spaces to so many bytes. */
  | { readonly kind: 'oversize'; readonly bytes: number; readonly chunked?: boolean | undefined }
  /** Headers are replaced. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** Another status with an error document. */
  | {
      readonly kind: 'status';
      readonly status: number;
      /** `Retry-After`: seconds, or an HTTP date. */
      readonly retryAfter?: number | string | undefined;
      /** Code of the error document. Default UNKNOWN. */
      readonly code?: string | undefined;
      /** Body, instead of the error document. */
      readonly body?: string | undefined;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      /** The request has no effect. Default false: what it asks for is done, and only the answer is another. */
      readonly undone?: boolean | undefined;
    }
  /** A redirect: to the same path on the storage server beside the registry, or to a URL. The request has no effect. */
  | {
      readonly kind: 'redirect';
      readonly to?: string | undefined;
      /** Default 307. */
      readonly status?: number | undefined;
      /** Sign the URL of the storage server, which then looks at it. */
      readonly signed?: SignedUrl | undefined;
    }
  /** A range answer (206) is of bytes that begin so many later than asked. Other answers stay as they are. */
  | {
      readonly kind: 'range';
      readonly shift: number;
      /** `Content-Range` says what was asked for, not what is sent. Default false. */
      readonly denied?: boolean | undefined;
    }
  /** The next page of a list is the same page again. */
  | { readonly kind: 'loop' }
  /** The Bearer token of the request ends now: the answer is a 401 with the challenge. */
  | { readonly kind: 'expire-token' }
  /**
   * The request is not read further than so many bytes of its body; then the connection ends. What was read counts: an
   * upload keeps it.
   */
  | { readonly kind: 'drop'; readonly after: number };

/** For how long a signed URL is good; afterwards it is answered with 403 and XML, as by S3. */
export interface SignedUrl {
  /** Number of requests. Default 1. */
  readonly uses?: number | undefined;
  /** ms. Default for ever. */
  readonly lifetime?: number | undefined;
}

/** A request as fault rules see it. */
export interface FaultRequest {
  readonly kind: 'manifest' | 'blob' | 'upload' | 'list' | 'token' | 'storage' | 'other';
  readonly method: string;
  /** Tag, digest, or id of an upload, where there is one. */
  readonly reference: string | undefined;
  /** Path and query. */
  readonly path: string;
  /** Whether it asks for a part by `Range`. */
  readonly range: boolean;
}

/** When a fault happens. */
export interface FaultRule {
  /**
   * What is being asked for. Default anything of the registry itself, not of the storage server. `list` is tags, catalog
   * and referrers; `storage` is what redirects lead to.
   */
  readonly on?: 'manifest' | 'blob' | 'upload' | 'list' | 'token' | 'storage' | undefined;
  /** Only for this tag or digest. */
  readonly reference?: string | undefined;
  /** Only for this method. */
  readonly method?: string | undefined;
  /** Only for requests with (true) or without (false) a `Range` header. */
  readonly range?: boolean | undefined;
  /** How many requests that fit pass before the first faulty answer. Default 0. */
  readonly skip?: number | undefined;
  /** How many answers are faulty before the rule is used up. Default all. */
  readonly times?: number | undefined;
  /** What happens, or what decides it for each request that fits: `undefined` for nothing. */
  readonly fault: Fault | ((request: FaultRequest) => Fault | undefined);
}
