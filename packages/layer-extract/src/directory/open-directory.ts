import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open, opendir, stat } from 'node:fs/promises';

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** A regular file is what should be there; a fifo or a device that took its place must not block the opening. */
const fileFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
/** Roughly what a string costs beside its characters, and its place in a list. */
const nameOverhead = 24;

/**
 * A directory held open, so that its names are looked up in it and nowhere else, whatever happens to the path that led
 * to it. Node has no `openat`; on Linux the same is reached through `/proc/self/fd`. Where that is not mounted, names
 * are looked up by the whole path, and only the last name of it is certain not to be a link.
 */
export class OpenDirectory {
  readonly stats: BigIntStats;
  readonly #handle: FileHandle;
  /** Path that leads to the directory, latin-1, one character for each byte. */
  readonly #anchor: string;
  readonly #anchored: boolean;

  private constructor(handle: FileHandle, stats: BigIntStats, anchor: string, anchored: boolean) {
    this.#handle = handle;
    this.stats = stats;
    this.#anchor = anchor;
    this.#anchored = anchored;
  }

  /** Opens a root, which may be a link itself. The system's errors are thrown unchanged. */
  static async root(path: string): Promise<OpenDirectory> {
    const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    return await closeOnError(handle, async () => {
      const stats = await handle.stat({ bigint: true });
      const anchor = `/proc/self/fd/${handle.fd}`;
      const anchored = await leadsTo(anchor, stats);
      return new OpenDirectory(handle, stats, anchored ? anchor : Buffer.from(path).toString('latin1'), anchored);
    });
  }

  /** Opens a directory of this one; a link in its place fails with `ELOOP` or `ENOTDIR`. */
  async directory(name: string): Promise<OpenDirectory> {
    const path = this.pathOf(name);
    const handle = await open(path, directoryFlags);
    return await closeOnError(handle, async () => {
      const stats = await handle.stat({ bigint: true });
      const anchor = this.#anchored ? `/proc/self/fd/${handle.fd}` : path.toString('latin1');
      return new OpenDirectory(handle, stats, anchor, this.#anchored);
    });
  }

  /** Opens a file of this directory to read it; a link in its place fails with `ELOOP`. */
  async file(name: string): Promise<FileHandle> {
    return await open(this.pathOf(name), fileFlags);
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
  async names(most: number): Promise<{ readonly names: string[]; readonly bytes: number } | undefined> {
    const names: string[] = [];
    let bytes = 0;
    const listing = await opendir(Buffer.from(this.#anchor, 'latin1'), { encoding: 'latin1', bufferSize: 256 });
    for await (const { name } of listing) {
      bytes += name.length + nameOverhead;
      if (bytes > most) return undefined;
      names.push(name);
    }
    return { names: names.sort(), bytes };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function leadsTo(path: string, { dev, ino }: BigIntStats): Promise<boolean> {
  try {
    const found = await stat(path, { bigint: true });
    return found.dev === dev && found.ino === ino;
  } catch {
    return false; // no procfs: another system, or a very bare container
  }
}

async function closeOnError<T>(handle: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await handle.close();
    throw error;
  }
}
