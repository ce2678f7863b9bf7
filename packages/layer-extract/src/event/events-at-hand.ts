import type { ExtractLimits } from '../extract-limits.ts';
import type { TarEntry } from '../tar/tar-entry.ts';
import type { TarReader } from '../tar/tar-reader.ts';
import type { FileEvent } from './file-event.ts';
import { type AtHand, nextAtHand } from './flatten.ts';
import { readEntry } from './read-entry.ts';

/** The events of an entry and of all that follow it in the same chunk. */
export function eventsAtHand(
  tar: TarReader,
  first: TarEntry,
  limits: ExtractLimits,
  signal: AbortSignal | undefined,
): AtHand<FileEvent> {
  return new EventsAtHand(tar, first, limits, signal);
}

class EventsAtHand implements AtHand<FileEvent> {
  readonly #tar: TarReader;
  readonly #limits: ExtractLimits;
  readonly #signal: AbortSignal | undefined;
  /** Of the newest entry, and how many of them were given. */
  #events: readonly FileEvent[];
  #given = 0;

  constructor(tar: TarReader, first: TarEntry, limits: ExtractLimits, signal: AbortSignal | undefined) {
    this.#tar = tar;
    this.#limits = limits;
    this.#signal = signal;
    this.#events = readEntry(first, limits);
  }

  [nextAtHand](): FileEvent | undefined {
    this.#signal?.throwIfAborted();
    while (this.#given === this.#events.length) {
      const entry = this.#tar.nextAtHand();
      if (entry === undefined) return undefined;
      this.#events = readEntry(entry, this.#limits);
      this.#given = 0;
    }
    return this.#events[this.#given++];
  }
}
