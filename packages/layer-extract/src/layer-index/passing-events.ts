import { type AtHand, nextAtHand } from '../event/flatten.ts';
import { ExtractError } from '../extract-error.ts';
import type { LayerIndex } from './layer-index.ts';
import type { IndexedEvent, LayerIndexBuilder } from './layer-index-builder.ts';

/**
 * Events on their way through a builder. It does what an async generator would, without a turn of one for each event:
 * most are at hand, and with small files the turns are a tenth of the time.
 */
export class PassingEvents<E extends IndexedEvent> implements AsyncIterableIterator<E, void, void> {
  readonly #events: AsyncIterable<E>;
  #source: (AsyncIterator<E> & Partial<AtHand<E>>) | undefined;
  /** Undefined once {@link index} was made: what leads to it takes as much memory. */
  #builder: LayerIndexBuilder | undefined;
  #index: LayerIndex | undefined;
  /** Calls that wait for the source. */
  #waiting = 0;
  #complete = false;
  #closed = false;

  constructor(events: AsyncIterable<E>, builder: LayerIndexBuilder) {
    this.#events = events;
    this.#builder = builder;
  }

  /**
   * What all events made.
   *
   * @throws ExtractError `INDEX_INCOMPLETE` before the last one has passed
   */
  index(): LayerIndex {
    if (this.#index !== undefined) return this.#index;
    if (this.#builder === undefined || !this.#complete) {
      throw new ExtractError('INDEX_INCOMPLETE', 'layer index: not all events of the layer have passed', {
        hint: 'iterate `events` to the end first',
      });
    }
    this.#index = this.#builder.build();
    this.#builder = undefined;
    return this.#index;
  }

  next(): Promise<IteratorResult<E, void>> {
    if (this.#closed || this.#complete) return Promise.resolve({ done: true, value: undefined });
    const event = this.#waiting === 0 ? this.#source?.[nextAtHand]?.() : undefined;
    return event === undefined ? this.#nextLater() : this.#pass(event);
  }

  async return(): Promise<IteratorResult<E, void>> {
    this.#closed = true;
    await this.#source?.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #nextLater(): Promise<IteratorResult<E, void>> {
    this.#source ??= this.#events[Symbol.asyncIterator]();
    this.#waiting += 1;
    try {
      const step = await this.#source.next();
      if (step.done !== true) return await this.#pass(step.value);
      this.#complete = !this.#closed;
      return { done: true, value: undefined };
    } finally {
      this.#waiting -= 1;
    }
  }

  #pass(event: E): Promise<IteratorResult<E, void>> {
    try {
      const value = this.#builder?.add(event) ?? event;
      return Promise.resolve({ done: false, value });
    } catch (error) {
      // As a loop does that is left by an error: that one counts.
      return this.return().then(
        () => Promise.reject(error),
        () => Promise.reject(error),
      );
    }
  }
}
