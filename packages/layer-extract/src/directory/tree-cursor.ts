import { type BigIntStats, lstatSync } from 'node:fs';
import type { ProblemEntry } from '../event/file-event.ts';
import { problem } from '../event/read-entry.ts';
import { ExtractError } from '../extract-error.ts';
import { decodeName } from '../path/decode-name.ts';
import { normalizeLayerPath } from '../path/normalize-layer-path.ts';
import type { DirectoryLimits } from './directory-limits.ts';
import { fileErrorCode } from './file-error.ts';
import type { OpenDirectory } from './open-directory.ts';
import type { Turns } from './turns.ts';

/** Something in a tree, as it was when its directory was read. */
export interface TreeEntry {
  /** Relative to the root, normalised. */
  readonly path: string;
  /** Its name in {@link directory}, latin-1. */
  readonly name: string;
  readonly stats: BigIntStats;
  /** Where it lies; open until the cursor moves past what lies there. */
  readonly directory: OpenDirectory;
}

/** How a {@link TreeCursor} walks. */
export interface TreeCursorOptions {
  readonly limits: DirectoryLimits;
  /** Whether directories on other devices than the root's are entered. */
  readonly otherDevices: boolean;
  readonly turns: Turns;
}

/**
 * Goes through a tree, each directory before what lies in it, names sorted by their bytes. It holds open the directory
 * it is in and those above, and the names of these alone. What vanishes under way is passed over; what cannot be read
 * is a problem.
 */
export class TreeCursor {
  readonly #options: TreeCursorOptions;
  readonly #device: bigint;
  readonly #levels: Level[] = [];
  #next: { readonly entry: TreeEntry } | undefined;
  #nameBytes = 0;
  #entries = 0;

  private constructor(options: TreeCursorOptions, device: bigint) {
    this.#options = options;
    this.#device = device;
  }

  /** A cursor in front of all that lies in `root`, which it closes at the end. */
  static async enter(root: OpenDirectory, options: TreeCursorOptions): Promise<TreeCursor> {
    const cursor = new TreeCursor(options, root.stats.dev);
    await cursor.#push(root, '');
    return cursor;
  }

  /** The next thing in the tree; a directory that was returned before is entered now. Undefined at the end. */
  async next(): Promise<TreeEntry | ProblemEntry | undefined> {
    const turn = this.#options.turns.due();
    if (turn !== undefined) await turn;
    const entered = this.#next;
    this.#next = undefined;
    if (entered !== undefined) {
      const trouble = await this.#descend(entered.entry);
      if (trouble !== undefined) return trouble;
    }
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const found = level.next();
      if (found !== undefined) return this.#count(level, found);
      this.#levels.pop();
      this.#nameBytes -= level.nameBytes;
      level.directory.close();
    }
    return undefined;
  }

  /** Closes what is open. */
  close(): void {
    for (const level of this.#levels.splice(0).reverse()) level.directory.close();
  }

  #count(level: Level, { name, stats, failure }: Found): TreeEntry | ProblemEntry {
    const { limits } = this.#options;
    this.#entries += 1;
    if (this.#entries > limits.entries) throw exceeded(level.path, 'entries', limits.entries);
    const raw = joined(level.path, decodeName(name));
    const { path, problem: pathProblem } = normalizeLayerPath(raw, limits);
    if (path === undefined) return problem(raw, pathProblem);
    if (stats === undefined) return problem(raw, `cannot be read (${failure})`);
    const entry = { path, name, stats, directory: level.directory };
    if (stats.isDirectory()) this.#next = { entry };
    return entry;
  }

  async #descend({ path, name, stats, directory }: TreeEntry): Promise<ProblemEntry | undefined> {
    if (stats.dev !== this.#device && !this.#options.otherDevices) {
      return problem(path, 'another file system is mounted here, it is not read');
    }
    try {
      const child = directory.directory(name);
      if (child.stats.dev === stats.dev && child.stats.ino === stats.ino) {
        await this.#push(child, path);
        return undefined;
      }
      child.close();
      return problem(path, 'was replaced while the tree was read');
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      if (code === 'ENOENT') return undefined;
      if (code === 'ELOOP' || code === 'ENOTDIR') return problem(path, 'was replaced while the tree was read');
      return problem(path, `directory cannot be read (${code})`);
    }
  }

  async #push(directory: OpenDirectory, path: string): Promise<void> {
    try {
      const { limits, turns } = this.#options;
      const { nameBytes } = limits;
      const listing = await directory.names(nameBytes - this.#nameBytes, turns);
      if (listing === undefined) throw exceeded(path, 'nameBytes', nameBytes);
      this.#nameBytes += listing.bytes;
      this.#levels.push(new Level(directory, path, listing.names, listing.bytes));
    } catch (error) {
      directory.close();
      throw error;
    }
  }
}

interface Found {
  readonly name: string;
  readonly stats?: BigIntStats;
  /** Why there are no stats. */
  readonly failure?: string;
}

class Level {
  readonly directory: OpenDirectory;
  readonly path: string;
  readonly nameBytes: number;
  readonly #names: readonly string[];
  #at = 0;

  constructor(directory: OpenDirectory, path: string, names: readonly string[], nameBytes: number) {
    this.directory = directory;
    this.path = path;
    this.#names = names;
    this.nameBytes = nameBytes;
  }

  /** Passes over what is gone since the directory was read. */
  next(): Found | undefined {
    while (this.#at < this.#names.length) {
      const name = this.#names[this.#at++]!;
      try {
        const stats = lstatSync(this.directory.pathOf(name), { bigint: true, throwIfNoEntry: false });
        if (stats !== undefined) return { name, stats };
      } catch (error) {
        const failure = fileErrorCode(error);
        if (failure === undefined) throw error;
        return { name, failure };
      }
    }
    return undefined;
  }
}

function joined(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}

function exceeded(path: string, limit: string, value: number): ExtractError {
  return new ExtractError('LIMIT_EXCEEDED', `directory, ${JSON.stringify(path)}: more than limit ${limit} ${value}`, {
    hint: 'if the tree is to be trusted, give walkDirectory a higher limit',
  });
}
