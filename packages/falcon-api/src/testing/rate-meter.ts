/** Counts calls per minute for the rate limit headers. It refuses nothing: a 429 is a fault somebody asks for. */
export class RateMeter {
  readonly #limit: number;
  readonly #now: () => number;
  #minute = Number.NaN;
  #calls = 0;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Counts one call and gives the headers of its answer. */
  count(): Readonly<Record<string, string>> {
    const minute = Math.floor(this.#now() / 60_000);
    this.#calls = minute === this.#minute ? this.#calls + 1 : 1;
    this.#minute = minute;
    return {
      'x-ratelimit-limit': String(this.#limit),
      'x-ratelimit-remaining': String(Math.max(0, this.#limit - this.#calls)),
    };
  }
}
