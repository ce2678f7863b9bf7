import { closeSync, fstatSync, readSync } from 'node:fs';
import type { TarBody } from '../tar/tar-entry.ts';
import { fileErrorCode } from './file-error.ts';
import type { TreeEntry } from './tree-cursor.ts';
import type { Turns } from './turns.ts';

/** Fewer calls gain nothing any more. */
const chunkBytes = 64 * 1024;
/** The first read: most readers only look at the head of a file. */
const headBytes = 4096;

/**
 * The content of a file in a tree, opened when it is first read. It never has more bytes than its size was when the
 * directory was read; where it has fewer, {@link problem} says why.
 */
export class FileBody implements TarBody {
  gone = false;
  /** Why the content is not what was promised, one sentence. */
  problem: string | undefined;
  readonly #entry: TreeEntry;
  readonly #turns: Turns;
  readonly #size: number;
  readonly #beforeRead: (bytes: number) => void;
  #file: number | undefined;
  #position = 0;
  #ended = false;

  /**
   * Makes the body; nothing is opened yet.
   *
   * @param beforeRead told the bytes of each chunk before it is read; what it throws ends the reading
   */
  constructor(entry: TreeEntry, turns: Turns, beforeRead: (bytes: number) => void) {
    this.#entry = entry;
    this.#turns = turns;
    this.#size = Number(entry.stats.size);
    this.#beforeRead = beforeRead;
  }

  /** The next bytes, in a buffer of their own; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    // Read at once and handed out after the others' turn: two that read at a time get what they asked for in order.
    const chunk = this.#read();
    const turn = this.#turns.due();
    if (turn !== undefined) await turn;
    return chunk;
  }

  /** Nothing is at hand before it is read. */
  peek(): undefined {
    return undefined;
  }

  /** Closes the file. */
  close(): void {
    this.gone = true;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #read(): Uint8Array | undefined {
    if (this.#ended || this.gone) return undefined;
    const wanted = Math.min(this.#position === 0 ? headBytes : chunkBytes, this.#size - this.#position);
    if (wanted <= 0) return this.#end();
    this.#beforeRead(wanted);
    try {
      return this.#readChunk(wanted);
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      return this.#end(reasons[code] ?? `cannot be read (${code})`);
    }
  }

  #readChunk(wanted: number): Uint8Array | undefined {
    if (this.#file === undefined) {
      this.#file = this.#entry.directory.file(this.#entry.name);
      const { dev, ino } = fstatSync(this.#file, { bigint: true });
      const { stats } = this.#entry;
      if (dev !== stats.dev || ino !== stats.ino) return this.#end(replaced);
    }
    const chunk = Buffer.allocUnsafeSlow(wanted);
    const length = readSync(this.#file, chunk, 0, wanted, this.#position);
    if (length === 0) return this.#end(`has become shorter while it was read, ${this.#position} bytes are left`);
    this.#position += length;
    return chunk.subarray(0, length);
  }

  #end(problem?: string): undefined {
    this.#ended = true;
    this.problem ??= problem;
    return undefined;
  }
}

const replaced = 'was replaced before it was read';
const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'was removed before it was read',
  ELOOP: replaced,
  ENXIO: replaced,
};
