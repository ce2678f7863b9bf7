import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { RegistryError } from '../error.ts';
import { createTarHeader, tarEnd, tarPadding } from './create-tar-header.ts';

/**
 * A tar archive being written, one member after the other in one pass. It has another name until it is finished, and is
 * gone where it is not.
 */
export class TarFileWriter {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: FileHandle;
  /** The writing of members takes turns: what wants to write waits for what came before. */
  #turn: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(path: string, partial: string, file: FileHandle) {
    this.#path = path;
    this.#partial = partial;
    this.#file = file;
  }

  /**
   * Begins an archive beside the place where it is to be.
   *
   * @throws RegistryError `ARCHIVE_INVALID` where no file can be written there
   */
  static async create(path: string): Promise<TarFileWriter> {
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      return new TarFileWriter(path, partial, await open(partial, 'wx'));
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /**
   * Adds a member when those before it are written; its content is not opened before.
   *
   * @param size number of bytes that the content must have
   */
  add(name: string, size: number, content: () => AsyncIterable<Uint8Array>): Promise<void> {
    const turn = this.#turn.then(() => this.#write(name, size, content()));
    // A member that fails leaves the archive unusable, so what follows it fails for the same reason.
    this.#turn = turn;
    // Somebody may wait for the turn, or nobody.
    turn.catch(() => undefined);
    return turn;
  }

  /** Ends the archive and puts it in its place, where a file that is there is replaced. */
  async finish(): Promise<void> {
    await this.#turn;
    await this.#put(tarEnd);
    this.#isClosed = true;
    try {
      await this.#file.close();
      await rename(this.#partial, this.#path);
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }

  /** Removes what has been written. */
  async abandon(): Promise<void> {
    if (!this.#isClosed) await this.#file.close();
    this.#isClosed = true;
    await rm(this.#partial, { force: true });
  }

  async #write(name: string, size: number, content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#put(createTarHeader(name, size));
    let written = 0;
    for await (const chunk of content) {
      written += chunk.length;
      if (written > size) break;
      await this.#put(chunk);
    }
    if (written !== size) {
      throw new RegistryError('SIZE_INVALID', `${this.#path}: ${name} has not the ${size} bytes that were promised`);
    }
    await this.#put(tarPadding(size));
  }

  async #put(bytes: Uint8Array): Promise<void> {
    try {
      if (bytes.length > 0) await this.#file.writeFile(bytes);
    } catch (error) {
      throw unwritable(this.#path, error);
    }
  }
}

function unwritable(path: string, cause: unknown): RegistryError {
  const { code } = cause as NodeJS.ErrnoException;
  return new RegistryError('ARCHIVE_INVALID', `${path}: cannot be written (${code ?? 'closed'})`, {
    hint: 'check the directory of the file: that it exists, its rights, and the space that is left',
    cause,
  });
}
