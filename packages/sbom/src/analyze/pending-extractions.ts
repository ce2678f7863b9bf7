import type { EntryFacts } from './facts-builder.ts';

/**
 * Extractions that go on elsewhere while the pass over the layer does: their bytes are kept, so nothing of the stream
 * waits for them. How many there may be is limited; the byte budget limits them beside that.
 */
export class PendingExtractions {
  readonly #limit: number;
  readonly #pending = new Map<EntryFacts, Promise<void>>();
  readonly #fail: (error: unknown) => void;

  /** @param fail - Told of what ends the layer. */
  constructor(limit: number, fail: (error: unknown) => void) {
    this.#limit = limit;
    this.#fail = fail;
  }

  /** Adds work on an entry. Resolves when there is room for more. */
  async add(entry: EntryFacts, work: Promise<void>): Promise<void> {
    const settled = work.catch(this.#fail).finally(() => this.#pending.delete(entry));
    this.#pending.set(entry, settled);
    while (this.#pending.size >= this.#limit) await Promise.race(this.#pending.values());
  }

  /** Resolves when nothing is pending on this entry. */
  async of(entry: EntryFacts | undefined): Promise<void> {
    if (entry !== undefined) await this.#pending.get(entry);
  }

  /** Resolves when nothing is pending at all. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending.values());
  }
}
