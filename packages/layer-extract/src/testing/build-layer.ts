import { gzipSync, zstdCompressSync } from 'node:zlib';
import { buildEstargz, type SeekableArchive } from './build-estargz.ts';
import { buildZstdChunked } from './build-zstd-chunked.ts';
import { digestOf, type TocRow } from './chunked-archive.ts';
import type { LayerEntry } from './layer-entry.ts';
import { buildTar } from './write-tar.ts';

/** How a test layer is stored. `gzip-members` has a member for every 32 KiB, `stargz` is the predecessor of eStargz. */
export type LayerFormat = 'none' | 'gzip' | 'gzip-members' | 'zstd' | 'estargz' | 'stargz' | 'zstd:chunked';

/** Options of {@link buildLayer}. */
export interface BuildLayerOptions {
  /** Default `gzip`. */
  readonly format?: LayerFormat;
  /** Bytes of one chunk in the seekable formats. Default 4 MiB. */
  readonly chunkSize?: number;
  /**
   * Makes the table of contents of the seekable formats from its true rows, for tests with bad ones. The annotations
   * then vouch for what this returns. Default `{ version: 1, entries: rows }`.
   */
  readonly editToc?: (rows: TocRow[]) => unknown;
}

/** A layer in memory: a blob for `walkLayer`, and one for `openSeekableLayer`. */
export interface BuiltLayer {
  readonly mediaType: string;
  /** The stored bytes. */
  readonly bytes: Buffer;
  /** Length of the stored bytes. */
  readonly size: number;
  /** Digest of the stored bytes, `sha256:…`. */
  readonly digest: string;
  /** Digest of the archive, `sha256:…`. */
  readonly diffId: string;
  /** Annotations of the layer's descriptor; empty for the formats that are not seekable. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The stored bytes in chunks of 64 KiB. */
  open(): AsyncIterable<Uint8Array>;
  /** The stored bytes from `start` to before `end`, in chunks of 64 KiB. */
  readRange(start: number, end: number): AsyncIterable<Uint8Array>;
}

const layerType = 'application/vnd.oci.image.layer.v1.tar';
const memberSize = 32 * 1024;
const streamChunk = 64 * 1024;
const defaultChunkSize = 4 * 1024 * 1024;

/** Builds a layer from its entries, in their order. */
export function buildLayer(entries: readonly LayerEntry[], options: BuildLayerOptions = {}): BuiltLayer {
  const format = options.format ?? 'gzip';
  const { stored, tar, annotations } = store(entries, format, options);
  return {
    mediaType: `${layerType}${suffixes[format]}`,
    bytes: stored,
    size: stored.byteLength,
    digest: digestOf(stored),
    diffId: digestOf(tar),
    annotations,
    open: () => inChunks(stored),
    readRange: (start, end) => inChunks(stored.subarray(start, end)),
  };
}

const suffixes: Readonly<Record<LayerFormat, string>> = {
  ...{ none: '', gzip: '+gzip', 'gzip-members': '+gzip', zstd: '+zstd' },
  ...{ estargz: '+gzip', stargz: '+gzip', 'zstd:chunked': '+zstd' },
};

function store(entries: readonly LayerEntry[], format: LayerFormat, options: BuildLayerOptions): SeekableArchive {
  const { chunkSize = defaultChunkSize, editToc = (rows) => ({ version: 1, entries: rows }) } = options;
  switch (format) {
    case 'estargz':
    case 'stargz':
      return buildEstargz(entries, { chunkSize, editToc, legacy: format === 'stargz' });
    case 'zstd:chunked':
      return buildZstdChunked(entries, { chunkSize, editToc });
    default: {
      const tar = buildTar(entries);
      return { stored: compress(tar, format), tar, annotations: {} };
    }
  }
}

function compress(tar: Buffer, format: 'none' | 'gzip' | 'gzip-members' | 'zstd'): Buffer {
  if (format === 'none') return tar;
  if (format === 'zstd') return zstdCompressSync(tar);
  if (format === 'gzip') return gzipSync(tar);
  const members: Buffer[] = [];
  for (let at = 0; at < tar.byteLength; at += memberSize) members.push(gzipSync(tar.subarray(at, at + memberSize)));
  return Buffer.concat(members);
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += streamChunk) yield bytes.subarray(at, at + streamChunk);
}
