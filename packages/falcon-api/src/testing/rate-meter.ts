const minute = 60_000;

/** Counts calls in a sliding minute, for the rate limit headers, and tells when there were too many. */
export class RateMeter {
  readonly #limit: number;
  readonly #now: () => number;
  /** When the calls of the last minute were made, oldest first. */
  readonly #calls: number[] = [];

  /**
   * @param limit - Calls in any one minute.
   * @param now - Milliseconds since the epoch.
   */
  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /**
   * Counts one call.
   *
   * @returns `undefined` where it is within the limit. Otherwise it does not count, and this is when the next one would
   *   be let in: milliseconds since the epoch.
   */
  admit(): number | undefined {
    this.#slide();
    if (this.#calls.length >= this.#limit) {
      return (this.#calls[0] ?? this.#now()) + minute;
    }
    this.#calls.push(this.#now());
    return undefined;
  }

  /** The headers of an answer. */
  headers(): Readonly<Record<string, string>> {
    this.#slide();
    return {
      'x-ratelimit-limit': String(this.#limit),
      'x-ratelimit-remaining': String(this.#limit - this.#calls.length),
    };
  }

  #slide(): void {
    const from = this.#now() - minute;
    const kept = this.#calls.findIndex((time) => time > from);
    this.#calls.splice(0, kept === -1 ? this.#calls.length : kept);
  }
}
