import { type BigIntStats, closeSync, constants, fstatSync, opendirSync, openSync, statSync } from 'node:fs';
import type { Turns } from './turns.ts';

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** A regular file is what should be there; a fifo or a device that took its place must not block the opening. */
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
/** Roughly what a string costs beside its characters, and its place in a list. */
const nameOverhead = 24;
/** Names that one call of the system's brings. */
const listedAtOnce = 256;

/**
 * A directory held open, so that its names are looked up in it and nowhere else, whatever happens to the path that led
 * to it. Node has no `openat`; on Linux the same is reached through `/proc/self/fd`. Where that is not mounted, names
 * are looked up by the whole path, and only the last name of it is certain not to be a link. Calls are synchronous, for
 * many small ones are ten times faster so (decision 012); whoever makes many of them gives {@link Turns}.
 */
export class OpenDirectory {
  readonly stats: BigIntStats;
  readonly #file: number;
  /** Path that leads to the directory, latin-1, one character for each byte. */
  readonly #anchor: string;
  readonly #anchored: boolean;

  private constructor(file: number, stats: BigIntStats, anchor: string, anchored: boolean) {
    this.#file = file;
    this.stats = stats;
    this.#anchor = anchor;
    this.#anchored = anchored;
  }

  /** Opens a root, which may be a link itself. The system's errors are thrown unchanged. */
  static root(path: string): OpenDirectory {
    const file = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    return closeOnError(file, () => {
      const stats = fstatSync(file, { bigint: true });
      const anchor = `/proc/self/fd/${file}`;
      const anchored = leadsTo(anchor, stats);
      return new OpenDirectory(file, stats, anchored ? anchor : Buffer.from(path).toString('latin1'), anchored);
    });
  }

  /** Opens a directory of this one; a link in its place fails with `ELOOP` or `ENOTDIR`. */
  directory(name: string): OpenDirectory {
    const path = this.pathOf(name);
    const file = openSync(path, directoryFlags);
    return closeOnError(file, () => {
      const stats = fstatSync(file, { bigint: true });
      const anchor = this.#anchored ? `/proc/self/fd/${file}` : path.toString('latin1');
      return new OpenDirectory(file, stats, anchor, this.#anchored);
    });
  }

  /** Opens a file of this directory to read it; a link in its place fails with `ELOOP`. The caller closes it. */
  file(name: string): number {
    return openSync(this.pathOf(name), fileFlags);
  }

  /** Where a name of this directory is found, for a call of `node:fs`. The name is latin-1 and has no `/`. */
  pathOf(name: string): Buffer {
    return Buffer.from(`${this.#anchor}/${name}`, 'latin1');
  }

  /**
   * The names in it, latin-1, sorted by their bytes, with the memory they take.
   *
   * @returns undefined where they would take more than `most` bytes
   */
  async names(most: number, turns: Turns): Promise<{ readonly names: string[]; readonly bytes: number } | undefined> {
    const names: string[] = [];
    let bytes = 0;
    const listing = opendirSync(Buffer.from(this.#anchor, 'latin1'), { encoding: 'latin1', bufferSize: listedAtOnce });
    try {
      for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
        bytes += entry.name.length + nameOverhead;
        if (bytes > most) return undefined;
        names.push(entry.name);
        const turn = names.length % listedAtOnce === 0 ? turns.due() : undefined;
        if (turn !== undefined) await turn;
      }
    } finally {
      listing.closeSync();
    }
    return { names: names.sort(), bytes };
  }

  close(): void {
    closeSync(this.#file);
  }
}

function leadsTo(path: string, { dev, ino }: BigIntStats): boolean {
  try {
    const found = statSync(path, { bigint: true });
    return found.dev === dev && found.ino === ino;
  } catch {
    return false; // no procfs: another system, or a very bare container
  }
}

function closeOnError<T>(file: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
