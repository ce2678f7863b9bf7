import type { ApiRequest } from './api-request.ts';
import type { ServedResource } from './stored-object.ts';

/** Something that goes wrong, for the next request that fits. */
export interface ApiFault {
  readonly verb?: ApiRequest['verb'];
  readonly resource?: ServedResource;
  /** Only requests with (`true`) or without (`false`) a continue token. */
  readonly continued?: boolean;
  /** How many requests it hits. Default 1. */
  readonly times?: number;
  /**
   * - A number: this HTTP status with a Status object.
   * - `reset`: the connection is cut without an answer.
   * - `truncate`: it is cut in the middle of the answer; a watch, in the middle of its first event.
   * - `hang`: no answer ever.
   * - `garbage`: status 200 with a body that is not JSON.
   * - `expire`: 410; for a watch as an `ERROR` event after status 200, as the watch cache does it.
   */
  readonly effect: number | 'reset' | 'truncate' | 'hang' | 'garbage' | 'expire';
  /** Seconds in a `Retry-After` header, with a number. */
  readonly retryAfter?: number;
}

/** Faults that wait for their request, in the order they were added. */
export class FaultQueue {
  #faults: { readonly fault: ApiFault; left: number }[] = [];

  add(fault: ApiFault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault for a request, used up by it. */
  take(request: ApiRequest): ApiFault | undefined {
    const entry = this.#faults.find(({ fault }) => fits(fault, request));
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#faults = this.#faults.filter((other) => other !== entry);
    return entry.fault;
  }
}

function fits({ verb, resource, continued }: ApiFault, request: ApiRequest): boolean {
  return (
    (verb ?? request.verb) === request.verb &&
    (resource ?? request.resource) === request.resource &&
    (continued === undefined || continued === (request.query.continue !== undefined))
  );
}
