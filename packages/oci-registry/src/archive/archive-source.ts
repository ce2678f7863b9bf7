import { isNotFound } from '../file/read-file.ts';
import type { ImageContent } from '../image/content-store.ts';
import type { Image, ImageSource, ReadOptions, ResolveOptions } from '../image/image.ts';
import { archiveClosed, archiveInvalid } from './archive-error.ts';
import { type ArchiveFile, openArchiveFile } from './archive-file.ts';
import type { ArchiveFormat } from './archive-format.ts';
import { archiveContent, resolveArchiveImage } from './archive-image.ts';
import type { ArchiveOptions } from './archive-options.ts';
import { indexArchive } from './index-archive.ts';
import type { MemberIndex } from './member-index.ts';

/** An archive file as a source of images. The file is opened when it is first needed, and held until `close`. */
export class ArchiveSource implements ImageSource {
  readonly #path: string;
  readonly #format: ArchiveFormat | undefined;
  readonly #options: ArchiveOptions;
  #opened: Promise<ArchiveFile> | undefined;
  #members: MemberIndex | undefined;
  #closed = false;

  /** @param format the form it must have; `undefined` for either */
  constructor(path: string, format: ArchiveFormat | undefined, options: ArchiveOptions) {
    this.#path = path;
    this.#format = format;
    this.#options = options;
  }

  async resolve(reference: string | undefined, options: ResolveOptions = {}): Promise<Image> {
    const members = await this.#index(options.signal);
    return resolveArchiveImage(members, this.#format, reference, { ...options, ...this.#options });
  }

  async content(reference: string | undefined, options: ReadOptions = {}): Promise<ImageContent> {
    const members = await this.#index(options.signal);
    return archiveContent(members, this.#format, reference, { ...options, ...this.#options });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const file = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    await file?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The headers are read once; two calls at the same time may both do it, and agree. */
  async #index(signal: AbortSignal | undefined): Promise<MemberIndex> {
    signal?.throwIfAborted();
    if (this.#closed) throw archiveClosed(this.#path);
    this.#opened ??= this.#open();
    this.#members ??= await indexArchive(await this.#opened, signal);
    return this.#members;
  }

  async #open(): Promise<ArchiveFile> {
    try {
      return await openArchiveFile(this.#path);
    } catch (error) {
      this.#opened = undefined;
      if (isNotFound(error)) throw archiveInvalid(this.#path, 'no such file', error);
      throw archiveInvalid(this.#path, `cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
    }
  }
}
