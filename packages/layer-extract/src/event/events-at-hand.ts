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
  /** Of the newest entry, and how many of them were given. */
  let events = readEntry(first, limits);
  let given = 0;
  return {
    [nextAtHand]() {
      signal?.throwIfAborted();
      while (given === events.length) {
        const entry = tar.nextAtHand();
        if (entry === undefined) return undefined;
        events = readEntry(entry, limits);
        given = 0;
      }
      return events[given++];
    },
  };
}
