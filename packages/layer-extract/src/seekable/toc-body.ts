import type { EntryContent } from '../event/file-event.ts';
import { ExtractError } from '../extract-error.ts';
import type { TarBody } from '../tar/tar-entry.ts';
import type { ChunkContent } from './chunk-content.ts';
import type { TocEntry } from './table-of-contents.ts';

/** A body that is requested when its first bytes are asked for. */
export class TocBody implements TarBody {
  gone = false;
  readonly #content: ChunkContent;
  readonly #entry: TocEntry;
  #pieces: AsyncGenerator<Uint8Array, void, void> | undefined;

  constructor(content: ChunkContent, entry: TocEntry) {
    this.#content = content;
    this.#entry = entry;
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#pieces ??= this.#content.file(this.#entry);
    try {
      const next = await this.#pieces.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      if (this.gone) return undefined; // the walk moved on meanwhile, and the reader is told so
      throw error;
    }
  }

  /** Nothing is at hand before it was asked for. */
  peek(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    this.gone = true;
    await this.#pieces?.return();
  }
}

/** The content of a file that was not selected: asking for it is a mistake, and nothing is fetched. */
export class UnselectedContent implements EntryContent {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async peek(): Promise<Uint8Array> {
    throw this.#unselected();
  }

  // biome-ignore lint/correctness/useYield: there is nothing to yield, and the error belongs to the first read
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    throw this.#unselected();
  }

  #unselected(): ExtractError {
    return new ExtractError('CONTENT_GONE', `content, ${JSON.stringify(this.#path)}: it was not selected`, {
      hint: 'let select return true for the files whose content is wanted',
    });
  }
}
