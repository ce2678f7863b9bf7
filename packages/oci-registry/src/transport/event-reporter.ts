import { BoundedMap } from './bounded-map.ts';
import type { HeaderFields } from './http-headers.ts';
import { parseRateLimit, type RateLimit } from './rate-limit.ts';
import type { RegistryEvent } from './registry-event.ts';
import { parseWarnings } from './warning.ts';

/** Most hosts whose rate limit is kept, and most warnings remembered as told. */
const maxKept = 512;

/** Tells events to the listener of a client, and keeps what answers say of the registry itself. */
export class EventReporter {
  readonly #listener: ((event: RegistryEvent) => void) | undefined;
  readonly #rateLimits = new BoundedMap<RateLimit>(maxKept);
  readonly #warned = new BoundedMap<true>(maxKept);
  #listenerFailed = false;

  constructor(listener: ((event: RegistryEvent) => void) | undefined) {
    this.#listener = listener;
  }

  /**
   * Tells an event. What the listener throws does not reach the pull it watches: the first such error of a client becomes
   * a warning of the process, as it is a mistake of the program.
   */
  emit(event: RegistryEvent): void {
    try {
      this.#listener?.(event);
    } catch (error) {
      if (this.#listenerFailed) return;
      this.#listenerFailed = true;
      process.emitWarning(`onEvent of a RegistryClient threw: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** Takes note of an answer that came from the very host that was asked. */
  answered(host: string, headers: HeaderFields): void {
    const rateLimit = parseRateLimit(headers);
    if (rateLimit !== undefined) {
      this.#rateLimits.set(host, rateLimit);
      this.emit({ type: 'rate-limit', host, ...rateLimit });
    }
    for (const text of parseWarnings(headers)) {
      const key = `${host} ${text}`;
      if (this.#warned.get(key) === undefined) this.emit({ type: 'warning', host, text });
      this.#warned.set(key, true);
    }
  }

  /** The latest rate limit that a host told. */
  rateLimit(host: string): RateLimit | undefined {
    return this.#rateLimits.get(host);
  }
}
