import type { FalconError } from '../falcon-error.ts';
import type { AnswerHead } from './exchange.ts';

/** Something an operator may want to know although every call goes on. No notice holds a credential or a query. */
export type FalconNotice =
  | {
      /** The cloud says that a call will go away. Told once for each call and text. */
      readonly kind: 'deprecation';
      readonly method: string;
      /** Origin and path. */
      readonly url: string;
      /** The `X-Api-Deprecation…` headers, by their lower-case names. */
      readonly headers: Readonly<Record<string, string>>;
      readonly traceId?: string;
    }
  | {
      /** The cloud refused a call for its rate: no call of this API client starts for a while. */
      readonly kind: 'cool-down';
      /** Origin and path of the call that was refused. */
      readonly url: string;
      /** Milliseconds. */
      readonly wait: number;
      readonly traceId?: string;
    }
  | {
      /** The calls of this minute are nearly spent: this one starts later. */
      readonly kind: 'slowed';
      /** The call that waits, as `METHOD path`. */
      readonly call: string;
      /** Milliseconds. */
      readonly wait: number;
    }
  | {
      /** The token could not be taken back at the cloud; it is good until it expires. */
      readonly kind: 'revoke-failed';
      readonly error: FalconError;
    };

/** Told of notices, at once and in their order. It must not throw: what it throws ends the call that led to the notice. */
export type NoticeListener = (notice: FalconNotice) => void;

/** The notice of a 429 that led to a cool-down of `wait` milliseconds. */
export function coolDownNotice({ request, traceId }: AnswerHead, wait: number): FalconNotice {
  return { kind: 'cool-down', url: request.url, wait, ...(traceId === undefined ? {} : { traceId }) };
}
