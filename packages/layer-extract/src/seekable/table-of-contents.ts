import type { TarEntry } from '../tar/tar-entry.ts';
import type { TocLocation } from './locate-toc.ts';

/** A part of a file's content that is compressed by itself. */
export interface TocChunk {
  /** Where its gzip member or zstd frame begins in the stored layer, in bytes. */
  readonly offset: number;
  /** Where the next one begins at the latest. */
  end: number;
  /** Bytes of other files in front of it in the same member. */
  readonly innerOffset: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Digest of the content; undefined where only the file as a whole has one. */
  readonly digest: string | undefined;
  /** Whether the content is zeros only and need not be fetched. */
  readonly zeros: boolean;
}

/** One entry of a table of contents: what a tar header would say, and where the content lies. */
export interface TocEntry extends Omit<TarEntry, 'body' | 'offset'> {
  /** In the order of the content, together as long as `size`; none for an empty file. */
  readonly chunks: readonly TocChunk[];
  /** Digest of the whole content, used where a chunk has none. */
  readonly digest: string | undefined;
}

/** A table of contents that was found to be consistent. */
export interface TableOfContents {
  readonly format: TocLocation['format'];
  /** Where the table itself begins in the stored layer: no content lies behind. */
  readonly offset: number;
  readonly entries: readonly TocEntry[];
}
