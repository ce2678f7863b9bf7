type Result = IteratorResult<Uint8Array, undefined>;

const ended: Result = { done: true, value: undefined };

/** One reader's side of a shared pass: takes a chunk at a time and makes the pass wait until it was read. */
export class BodyStream implements AsyncIterableIterator<Uint8Array, undefined> {
  /** True once the reader has left or seen the end. */
  left = false;
  #waiting: PromiseWithResolvers<Result> | undefined;
  #pending: { chunk: Uint8Array; taken: () => void } | undefined;
  #finish: { error: unknown } | 'ended' | undefined;

  /** Hands over a chunk; resolves when the reader has taken it, or left. */
  push(chunk: Uint8Array): Promise<void> | undefined {
    if (this.left) return undefined;
    if (this.#waiting !== undefined) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve({ done: false, value: chunk });
      return undefined;
    }
    return new Promise((taken) => {
      this.#pending = { chunk, taken };
    });
  }

  end(): void {
    this.#finish = 'ended';
    this.#waiting?.resolve(ended);
    this.#waiting = undefined;
  }

  fail(error: unknown): void {
    this.#finish = { error };
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  next(): Promise<Result> {
    if (this.#pending !== undefined) {
      const { chunk, taken } = this.#pending;
      this.#pending = undefined;
      taken();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.left) return Promise.resolve(ended);
    if (this.#finish === 'ended') {
      this.left = true;
      return Promise.resolve(ended);
    }
    if (this.#finish !== undefined) {
      this.left = true;
      return Promise.reject(this.#finish.error);
    }
    this.#waiting = Promise.withResolvers<Result>();
    return this.#waiting.promise;
  }

  /** Stops reading; what the pass still holds for this reader is dropped. */
  leave(): void {
    this.left = true;
    this.#pending?.taken();
    this.#pending = undefined;
    this.#waiting?.resolve(ended);
    this.#waiting = undefined;
  }

  return(): Promise<Result> {
    this.leave();
    return Promise.resolve(ended);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
