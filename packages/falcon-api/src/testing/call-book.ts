import type { DoubleReaction } from './envelope.ts';
import type { HostRequest } from './host-server.ts';
import type { CallOutcome, CallRecord, DoubleHost, RecordedRequest, Rejection } from './records.ts';

/** One call and what came of it. */
export interface AnsweredCall {
  readonly host: DoubleHost;
  readonly request: HostRequest;
  /** What the caller sees. */
  readonly reaction: DoubleReaction | 'truncated';
  /** What was answered, even where the caller does not see it. */
  readonly answered: DoubleReaction;
  /** `performance.now()` when it was there. */
  readonly began: number;
  readonly traceId: string;
}

/** The books of the double: the newest requests and rejections, and every call told to whoever listens. */
export class CallBook {
  readonly requests: RecordedRequest[] = [];
  readonly rejections: Rejection[] = [];
  readonly #keep: number;
  readonly #onCall: ((call: CallRecord) => void) | undefined;

  /** @param keep - Requests and rejections at most, each. */
  constructor(keep: number, onCall: ((call: CallRecord) => void) | undefined) {
    this.#keep = keep;
    this.#onCall = onCall;
  }

  record({ host, request, reaction, answered, began, traceId }: AnsweredCall): void {
    const { method, path, body } = request;
    const { authorization: _, ...headers } = request.headers;
    const answer: CallOutcome = typeof reaction === 'string' ? reaction : reaction.status;
    push(this.requests, { host, method, path, headers, answer, traceId }, this.#keep);
    const { status, reason, note } = typeof answered === 'string' ? {} : answered;
    if (status !== undefined && reason !== undefined) {
      push(this.rejections, { host, method, path, status, reason, traceId }, this.#keep);
    }
    this.#onCall?.({
      ...{ host, method, path, answer, traceId, bytes: body.length, milliseconds: performance.now() - began },
      ...(reason === undefined ? {} : { reason }),
      ...(note === undefined ? {} : { note }),
    });
  }
}

function push<T>(newest: T[], item: T, keep: number): void {
  newest.push(item);
  newest.splice(0, newest.length - keep);
}
