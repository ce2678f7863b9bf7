import type { FileHandle } from 'node:fs/promises';
import type { TarBody } from '../tar/tar-entry.ts';
import { fileErrorCode } from './file-error.ts';
import type { TreeEntry } from './tree-cursor.ts';

/** Fewer calls gain nothing any more. */
const chunkBytes = 256 * 1024;
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
  readonly #size: number;
  readonly #beforeRead: (bytes: number) => void;
  #handle: FileHandle | undefined;
  #position = 0;
  #ended = false;
  #reading: Promise<unknown> = Promise.resolve();

  /**
   * Makes the body; nothing is opened yet.
   *
   * @param beforeRead told the bytes of each chunk before it is read; what it throws ends the reading
   */
  constructor(entry: TreeEntry, beforeRead: (bytes: number) => void) {
    this.#entry = entry;
    this.#size = Number(entry.stats.size);
    this.#beforeRead = beforeRead;
  }

  /** The next bytes, in a buffer of their own; undefined at the end. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.gone) return undefined;
    const reading = this.#reading.then(() => this.#read());
    this.#reading = reading.catch(() => undefined); // the one who reads is told
    return await reading;
  }

  /** Nothing is at hand before it is read. */
  peek(): undefined {
    return undefined;
  }

  /** Closes the file, after a read that is under way. */
  async close(): Promise<void> {
    this.gone = true;
    await this.#reading;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #read(): Promise<Uint8Array | undefined> {
    if (this.#ended || this.gone) return undefined;
    const wanted = Math.min(this.#position === 0 ? headBytes : chunkBytes, this.#size - this.#position);
    if (wanted <= 0) return this.#end();
    this.#beforeRead(wanted);
    try {
      return await this.#readChunk(wanted);
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      return this.#end(reasons[code] ?? `cannot be read (${code})`);
    }
  }

  async #readChunk(wanted: number): Promise<Uint8Array | undefined> {
    if (this.#handle === undefined) {
      this.#handle = await this.#entry.directory.file(this.#entry.name);
      const { dev, ino } = await this.#handle.stat({ bigint: true });
      const { stats } = this.#entry;
      if (dev !== stats.dev || ino !== stats.ino) return this.#end(replaced);
    }
    const chunk = Buffer.allocUnsafeSlow(wanted);
    const { bytesRead } = await this.#handle.read(chunk, 0, wanted, this.#position);
    if (bytesRead === 0) return this.#end(`has become shorter while it was read, ${this.#position} bytes are left`);
    this.#position += bytesRead;
    return chunk.subarray(0, bytesRead);
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
