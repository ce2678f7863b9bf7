import { BlobSource } from '../blob/blob-source.ts';
import type { LayerBlob } from '../blob/layer-blob.ts';
import { declaredCompression } from '../blob/layer-media-type.ts';
import { blamesContent, decodeBlob } from '../decompress/decode-blob.ts';
import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import { TarReader } from '../tar/tar-reader.ts';
import { eventsAtHand } from './events-at-hand.ts';
import type { FileEvent } from './file-event.ts';
import { type AtHand, flatten, queued } from './flatten.ts';
import { problem } from './read-entry.ts';

/** Options of {@link walkLayer}. */
export interface WalkOptions {
  readonly limits?: Partial<ExtractLimits>;
  readonly signal?: AbortSignal;
}

/**
 * Reads a layer once, from its first byte to its last, and says what it does to the file system: decompressed, paths
 * normalised, whiteouts recognised, in the order of the archive. Nothing is written anywhere. A file's content costs
 * nothing where it is not read.
 *
 * What is wrong with one entry is a `problem` event; what makes the rest unreadable is an error. Bytes behind the end
 * of the archive are read, so that the source can verify its digest, and an error of the source wins over one of the
 * content. Leaving the loop early closes the source.
 *
 * @throws ExtractError `MEDIA_TYPE_UNKNOWN` before anything is opened; `COMPRESSION_UNSUPPORTED`, `GZIP_INVALID`,
 * `ZSTD_INVALID`, `TAR_INVALID`, `TRUNCATED`, `LIMIT_EXCEEDED`; the source's errors and the abort reason unchanged.
 */
export function walkLayer(blob: LayerBlob, options: WalkOptions = {}): AsyncGenerator<FileEvent, void, void> {
  return flatten(walkRuns(blob, options));
}

/** Events in runs that need no waiting inside. */
async function* walkRuns(blob: LayerBlob, options: WalkOptions): AsyncGenerator<AtHand<FileEvent>, void, void> {
  const { signal } = options;
  const limits = withDefaultLimits(options.limits);
  const declared = declaredCompression(blob.mediaType);
  signal?.throwIfAborted();

  const leaving = new AbortController();
  const opened = blob.open({
    signal: signal === undefined ? leaving.signal : AbortSignal.any([signal, leaving.signal]),
  });
  const source = new BlobSource(opened, signal, limits.idleMs);
  const problems: FileEvent[] = [];
  let compression = declared;
  const decoded = decodeBlob(source, {
    declared,
    limits,
    signal,
    onMismatch: ({ found }) => {
      compression = found;
      problems.push(problem('', `media type ${blob.mediaType}, but the content is ${names[found]}`));
    },
    onGarbage: (offset) => problems.push(problem('', `data behind the compressed stream is ignored, offset ${offset}`)),
  });
  // What was not compressed comes through as the caller's own chunks.
  const tar = new TarReader(decoded, limits, () => compression === 'gzip' || compression === 'zstd');
  try {
    for (let entry = await tar.next(); entry !== undefined; entry = await tar.next()) {
      if (problems.length > 0) yield queued(problems);
      yield eventsAtHand(tar, entry, limits, signal);
    }
    if (tar.trailingData !== undefined) {
      problems.push(
        problem('', `data behind the end of the archive is ignored, decompressed offset ${tar.trailingData}`),
      );
    }
    yield queued(problems);
  } catch (error) {
    if (blamesContent(error)) {
      await tar.close(); // the decoder reads no more
      await source.drain();
    }
    throw error;
  } finally {
    // In this order: the source may be what the decoder waits for, and the decoder what the tar reader waits for.
    if (!source.ended) leaving.abort();
    source.interrupt();
    await tar.close();
    await source.close();
  }
}

const names = { none: 'not compressed', gzip: 'gzip', zstd: 'zstd' } as const;
