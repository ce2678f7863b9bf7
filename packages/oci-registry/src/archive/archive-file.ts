import type { FileHandle } from 'node:fs/promises';
import { RegistryError } from '../error.ts';
import { openRegularFile, readRange } from '../file/read-file.ts';
import { rangeOf } from '../image/byte-range.ts';
import { archiveClosed, archiveInvalid } from './archive-error.ts';
import { type Compression, compressionOf, inflate } from './inflate.ts';
import { ChunkReader, FileReader, type SequentialReader } from './sequential-reader.ts';

/** The bytes of a tar archive in a file, its compression taken off. Positions are those of the tar, not of the file. */
export interface ArchiveFile {
  /** Path of the file, for messages. */
  readonly path: string;
  /** Whether reading anything means inflating everything before it. */
  readonly sequentialOnly: boolean;
  /** Whether it was closed. */
  readonly closed: boolean;
  /** A reader from the start. */
  reader(signal: AbortSignal | undefined): SequentialReader;
  /** The bytes `[start, end)`. Leaving the loop early frees what was needed for it. */
  range(start: number, end: number, signal: AbortSignal | undefined): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

class TarFile implements ArchiveFile {
  readonly path: string;
  readonly sequentialOnly: boolean;
  readonly #handle: FileHandle;
  readonly #size: number;
  readonly #compression: Compression | undefined;
  closed = false;

  constructor(path: string, handle: FileHandle, size: number, compression: Compression | undefined) {
    this.path = path;
    this.sequentialOnly = compression !== undefined;
    this.#compression = compression;
    this.#handle = handle;
    this.#size = size;
  }

  reader(signal: AbortSignal | undefined): SequentialReader {
    return this.#compression !== undefined
      ? new ChunkReader(this.#inflated(this.#compression, signal))
      : new FileReader((buffer, position) => this.#readAt(buffer, position), this.#size);
  }

  range(start: number, end: number, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
    if (this.#compression === undefined) return this.#stored(start, end, signal);
    return rangeOf(this.#inflated(this.#compression, signal), { start, end });
  }

  close(): Promise<void> {
    this.closed = true;
    return this.#handle.close();
  }

  async *#stored(start: number, end: number, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      yield* readRange(this.#handle, start, end, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#readError(error);
    }
  }

  async #readAt(buffer: Buffer, position: number): Promise<number> {
    try {
      return (await this.#handle.read(buffer, 0, buffer.length, position)).bytesRead;
    } catch (error) {
      throw this.#readError(error);
    }
  }

  #readError(error: unknown): RegistryError {
    if (this.closed) return archiveClosed(this.path);
    return archiveInvalid(this.path, `cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }

  async *#inflated(compression: Compression, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of inflate(this.#stored(0, this.#size, signal), compression)) {
        // Little stored data can inflate to much: the file may long be read.
        signal?.throwIfAborted();
        yield chunk;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof RegistryError) throw error;
      throw archiveInvalid(this.path, `its ${compression} data is damaged`, error);
    }
  }
}

/** Opens an archive file, and looks whether it is compressed as a whole. */
export async function openArchiveFile(path: string): Promise<ArchiveFile> {
  const { handle, size } = await openRegularFile(path);
  try {
    const magic = Buffer.alloc(4);
    await handle.read(magic, 0, magic.length, 0);
    return new TarFile(path, handle, size, compressionOf(magic));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
