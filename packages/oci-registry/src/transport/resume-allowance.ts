/** A body that needs more attempts than this is not worth more of them. */
const maxResumes = 100;
/** What an attempt has to bring to count as progress, in bytes, where the whole is not small. */
const leastProgress = 64 * 1024;

/**
 * How often a body may go on after it was cut. An attempt that brought something worth it, 64 KiB or a sixteenth of the
 * body, begins the count of failures anew; and there is a bound on all of them, so that no server keeps a reader for ever
 * with a byte at a time.
 */
export class ResumeAllowance {
  readonly #least: number;
  #begun = 0;
  #failures = 0;
  #resumes = 0;

  /** @param size length of the whole body, in bytes */
  constructor(size: number) {
    this.#least = Math.min(leastProgress, Math.max(1, Math.ceil(size / 16)));
  }

  /**
   * Notes that an attempt has ended at `offset`: how many in a row have failed with it, or `undefined` where it must be
   * the last.
   */
  cutAt(offset: number): number | undefined {
    if (offset - this.#begun >= this.#least) this.#failures = 0;
    this.#begun = offset;
    this.#failures += 1;
    this.#resumes += 1;
    return this.#resumes > maxResumes ? undefined : this.#failures;
  }
}
