import type { RegistryErrorCode } from '../error-codes.ts';
import type { RateLimit } from './rate-limit.ts';

/** What a request is for. `token` goes to a token server; `other` is what none of the rest covers. */
export type RequestKind = 'manifest' | 'blob' | 'upload' | 'tags' | 'catalog' | 'referrers' | 'token' | 'other';

/** A request was answered, or failed without an answer. Every attempt is told by itself. */
export interface RequestEvent {
  readonly type: 'request';
  readonly method: string;
  /** Host asked, with its port where it has one; not the one a redirect leads to. */
  readonly host: string;
  readonly kind: RequestKind;
  /** Status of the answer, redirects followed; absent where there was none. */
  readonly status?: number;
  /** Why there was no answer. */
  readonly code?: RegistryErrorCode;
  /** ms from the request to the end of the headers. */
  readonly ms: number;
  /** 1 for the first time it is sent. */
  readonly attempt: number;
  /** Whether another origin gave the answer, after a redirect. */
  readonly redirected: boolean;
}

/** A request is going to be sent again. */
export interface RetryEvent {
  readonly type: 'retry';
  readonly host: string;
  /** ms until then. */
  readonly wait: number;
  /** What the failed attempt ended with: a status, or a code where there was no answer. */
  readonly reason: number | RegistryErrorCode;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
}

/** A body was cut and is going on where it ended. */
export interface ResumeEvent {
  readonly type: 'resume';
  /** Host that the body came from, the registry's or mirror's. */
  readonly host: string;
  readonly digest: string;
  /** Bytes that were already here. */
  readonly offset: number;
}

/** A registry told its rate limit, as Docker Hub does. */
export interface RateLimitEvent extends RateLimit {
  readonly type: 'rate-limit';
  readonly host: string;
}

/** A registry has a word for the people who use it (distribution-spec "Warnings"). Told once for each text. */
export interface WarningEvent {
  readonly type: 'warning';
  readonly host: string;
  /** One line, without control characters and without query strings of URLs. */
  readonly text: string;
}

/** A host could not give what the next one is now asked for. */
export interface MirrorFailedEvent {
  readonly type: 'mirror-failed';
  readonly host: string;
  readonly code: RegistryErrorCode;
  /** For how long it is not asked again, ms; absent where the next request goes to it as before. */
  readonly passedOverFor?: number;
}

/** What a {@link RegistryClient} tells while it works. No event holds a credential or a query. */
export type RegistryEvent = RequestEvent | RetryEvent | ResumeEvent | RateLimitEvent | WarningEvent | MirrorFailedEvent;
