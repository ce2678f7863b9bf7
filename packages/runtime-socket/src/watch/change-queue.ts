/** Ids in the order in which they first came; one that waits is not queued twice, so containers bound its length. */
export class ChangeQueue {
  readonly #waiting = new Set<string>();
  #ended: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** Takes all that a source yields until it ends or fails. Never rejects: `next` does. */
  async fill(source: AsyncIterable<string>, atEnd: () => unknown): Promise<void> {
    try {
      for await (const id of source) this.#add(id);
      this.end(atEnd());
    } catch (error) {
      this.end(error);
    }
  }

  /** Makes `next` reject with the error once nothing waits, or give `undefined` where there is none. */
  end(error?: unknown): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  /** The next id, once there is one. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const [id] = this.#waiting;
      if (id !== undefined) {
        this.#waiting.delete(id);
        return id;
      }
      if (this.#ended) {
        if (this.#ended.error !== undefined) throw this.#ended.error;
        return undefined;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #add(id: string): void {
    this.#waiting.add(id);
    this.#wake?.();
  }
}
