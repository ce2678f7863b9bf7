/**
 * Spaces requests so that no second has more of them begin than allowed; below one in a second, no longer span has more
 * than one. Bursts up to the limit begin at once.
 */
export class RequestRate {
  readonly #now: () => number;
  readonly #window: number;
  readonly #most: number;
  /** When the latest requests begin, oldest first. */
  readonly #begun: number[] = [];

  /** @param now ms; must not go back */
  constructor(requestsPerSecond: number, now: () => number) {
    this.#now = now;
    this.#most = Math.max(1, Math.floor(requestsPerSecond));
    this.#window = (this.#most * 1000) / requestsPerSecond;
  }

  /** Takes the next place in the row; how long until it begins, in ms. A place that is not used stays taken. */
  reserve(): number {
    const now = this.#now();
    const earliest = this.#begun.length < this.#most ? now : (this.#begun.shift() ?? now) + this.#window;
    const begin = Math.max(now, earliest);
    this.#begun.push(begin);
    return begin - now;
  }
}
