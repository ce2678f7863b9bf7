import type { ExtractLimits } from '../extract-limits.ts';
import { withDefaultLimits } from '../extract-limits.ts';
import { footerSpan, locateByFooter, positionFromAnnotation, type TocLocation } from './locate-toc.ts';
import { parseToc } from './parse-toc.ts';
import { type RangeOptions, RangeReader } from './range-reader.ts';
import { readToc } from './read-toc.ts';
import type { SeekableBlob } from './seekable-blob.ts';
import { readTocAnnotations, type TocAnnotations } from './toc-annotation.ts';
import { verifyFull } from './verify-full.ts';
import { verifySample } from './verify-sample.ts';
import { type SelectFile, type TocEvent, type TocWalk, walkToc } from './walk-toc.ts';

/** Options of {@link openSeekableLayer}. */
export interface SeekableOptions {
  /**
   * `windowLogMax`, `entries`, `headerBytes` and the limits of paths hold for the table, `totalBytes` for contents and
   * `idleMs` for every request.
   */
  readonly limits?: Partial<ExtractLimits>;
  /** Longest table of contents, as JSON, in bytes. It is held in memory several times over. Default 32 MiB. */
  readonly tocBytes?: number;
  /** Takes a table of contents that no annotation vouches for. Default false. */
  readonly acceptUnverified?: boolean;
  readonly signal?: AbortSignal;
}

/** Options of {@link SeekableLayer.walk}. */
export interface SeekableWalkOptions {
  /** Tells the files whose content shall be readable; the content of others is never fetched. Default: all. */
  readonly select?: SelectFile;
  /**
   * Compares the table with the archive behind the last event and tells differences as problems, at most 100 and a
   * count. `full` reads the whole layer. `sample` reads the headers at its beginning, its end and eight places chosen by
   * chance: it finds entries that are hidden there, and no changed contents. `none` reads nothing. Default `none`.
   */
  readonly verify?: 'none' | 'sample' | 'full';
  /** Chooses the places of `sample`: numbers from 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
  readonly signal?: AbortSignal;
}

/** A layer that is read by its table of contents. */
export interface SeekableLayer {
  readonly format: 'estargz' | 'zstd:chunked';
  /** Whether an annotation vouches for the table. */
  readonly verified: boolean;
  /** Entries of the table, files and others. */
  readonly entries: number;
  /**
   * The events that `walkLayer` gives, in the order of the table, each marked `source: 'toc'`; without the file of
   * eStargz that holds the table itself. A file is `selected` or its content throws `CONTENT_GONE`. Contents are
   * requested when they are read, neighbours with one request, and every chunk's digest is checked.
   *
   * @throws ExtractError `CHUNK_INVALID`, `LIMIT_EXCEEDED`; the blob's errors and the abort reason unchanged.
   */
  walk(options?: SeekableWalkOptions): AsyncGenerator<TocEvent, void, void>;
}

const defaultTocBytes = 32 * 1024 * 1024;

/**
 * Opens a layer by the table of contents of eStargz (stargz-snapshotter, `docs/estargz.md`) or zstd:chunked
 * (containers/storage, `pkg/chunked`). One request, or two where only the layer's footer tells the place.
 *
 * A table may leave out or forge what a runtime unpacks from the same layer. Facts taken from it are not facts of the
 * layer, unless `verify: 'full'` found no difference.
 *
 * @returns undefined where there is no table, or none that an annotation vouches for: walk the whole layer then. In the
 * latter case nothing is requested but, at most, the footer.
 * @throws ExtractError `TOC_INVALID`, `LIMIT_EXCEEDED`, `TRUNCATED`; the blob's errors and the abort reason unchanged.
 */
export async function openSeekableLayer(
  blob: SeekableBlob,
  options: SeekableOptions = {},
): Promise<SeekableLayer | undefined> {
  const { signal, tocBytes = defaultTocBytes, acceptUnverified = false } = options;
  const limits = withDefaultLimits(options.limits);
  const annotations = readTocAnnotations(blob.annotations);
  const formats = ['estargz', 'zstd:chunked'] as const;
  if (!acceptUnverified && !formats.some((format) => isVouchedFor(format, annotations))) return undefined;
  signal?.throwIfAborted();
  const location = await locate(blob, annotations, { limits, signal });
  if (location === undefined) return undefined;
  const verified = isVouchedFor(location.format, annotations);
  if (!verified && !acceptUnverified) return undefined;
  const toc = parseToc(await readToc(blob, location, { limits, tocBytes, annotations, signal }), location, limits);
  return {
    format: toc.format,
    verified,
    entries: toc.entries.length,
    walk: ({ select = () => true, verify = 'none', random = Math.random, signal: ownSignal } = {}) =>
      walkAndVerify({ toc, blob, select, limits, signal: ownSignal }, { verify, random }),
  };
}

/** The digest of the table as stored is one of zstd:chunked alone. */
function isVouchedFor(format: TocLocation['format'], annotations: TocAnnotations): boolean {
  if (annotations.digest !== undefined) return true;
  return format === 'zstd:chunked' && annotations.storedDigest !== undefined;
}

async function locate(
  blob: SeekableBlob,
  { position }: TocAnnotations,
  options: RangeOptions,
): Promise<TocLocation | undefined> {
  if (position !== undefined) return positionFromAnnotation(position);
  if (blob.size === 0) return undefined;
  const start = Math.max(0, blob.size - footerSpan);
  const reader = new RangeReader(blob, options);
  const parts: Uint8Array[] = [];
  try {
    for await (const part of reader.read({ start, end: blob.size })) parts.push(part);
  } finally {
    await reader.close();
  }
  return locateByFooter(Buffer.concat(parts), blob.size);
}

async function* walkAndVerify(
  walk: TocWalk,
  { verify, random }: Required<Pick<SeekableWalkOptions, 'verify' | 'random'>>,
): AsyncGenerator<TocEvent, void, void> {
  yield* walkToc(walk);
  if (verify === 'none') return;
  const differences = verify === 'full' ? await verifyFull(walk) : await verifySample(walk, random);
  for (const difference of differences) yield { ...difference, source: 'toc' };
}
