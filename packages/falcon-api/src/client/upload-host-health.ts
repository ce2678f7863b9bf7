/** Failed attempts in a row after which a host counts as failing. */
export const failuresToLeave = 3;

/** Slow uploads in a row after which a host counts as slow. */
const slowToLeave = 3;

/** Milliseconds every upload may take whatever its size. */
const baseTime = 10_000;

/** Bytes a millisecond that a host takes at least, above that: 128 KiB/s. */
const leastPace = 131.072;

/** Milliseconds after which a measured burden says nothing any more. */
const burdenLasts = 30 * 60_000;

/** How much the newest upload counts in the smoothed burden. */
const weight = 0.3;

/** What is measured of one host that takes inventories. Gives no judgement about which host is the better one. */
export class UploadHostHealth {
  #failures = 0;
  #slow = 0;
  #burden: number | undefined;
  #measuredAt = Number.NEGATIVE_INFINITY;

  /** Attempts in a row that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Whether it failed often enough in a row to be left. */
  get isFailing(): boolean {
    return this.#failures >= failuresToLeave;
  }

  /** Whether it was slow often enough in a row to be left. */
  get isSlow(): boolean {
    return this.#slow >= slowToLeave;
  }

  /**
   * Time taken as a share of the time allowed, smoothed over its uploads; above 1 is slow. Absent where it took none for
   * half an hour.
   *
   * @param now - Milliseconds since the epoch.
   */
  burden(now: number): number | undefined {
    return now - this.#measuredAt < burdenLasts ? this.#burden : undefined;
  }

  /**
   * It took an upload.
   *
   * @param time - Milliseconds from the first byte sent to the last byte answered.
   * @param bytes - Bytes of the body as sent.
   * @param now - Milliseconds since the epoch.
   * @returns Whether that was quick enough.
   */
  took(time: number, bytes: number, now: number): boolean {
    const before = this.burden(now);
    // A clock that was set back meanwhile says nothing.
    const share = Math.max(0, time) / (baseTime + bytes / leastPace);
    this.#failures = 0;
    this.#slow = share > 1 ? this.#slow + 1 : 0;
    this.#burden = before === undefined ? share : weight * share + (1 - weight) * before;
    this.#measuredAt = now;
    return share <= 1;
  }

  /** It failed so many attempts in a row. */
  failed(attempts: number): void {
    this.#failures += attempts;
  }

  /** Begins anew, when it gets another chance. */
  forget(): void {
    this.#failures = 0;
    this.#slow = 0;
    this.#burden = undefined;
  }
}
