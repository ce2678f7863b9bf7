import { zstdCompressSync } from 'node:zlib';
import { chunkedNames } from '../seekable/toc-annotation.ts';
import type { SeekableArchive } from './build-estargz.ts';
import { chunkArchive, digestOf, type TocRow } from './chunked-archive.ts';
import type { LayerEntry } from './layer-entry.ts';
import { tarEnd } from './write-tar.ts';

/**
 * A layer in the zstd:chunked form (containers/storage, `pkg/chunked`): a frame for each chunk, then the table of
 * contents and a footer in skippable frames. A file of one chunk has no chunk fields, as containers/storage writes it.
 */
export function buildZstdChunked(
  entries: readonly LayerEntry[],
  options: { readonly chunkSize: number; readonly editToc: (rows: TocRow[]) => unknown },
): SeekableArchive {
  const archive = chunkArchive(entries, { chunkSize: options.chunkSize, compress: (bytes) => zstdCompressSync(bytes) });
  let size = 0;
  for (const row of archive.rows) {
    if (row.type === 'reg') size = Number(row.size ?? 0);
    if (row.chunkSize !== 0) continue;
    if (row.type === 'chunk') row.chunkSize = size - Number(row.chunkOffset);
    else for (const key of ['chunkSize', 'chunkDigest']) delete row[key];
  }
  const json = Buffer.from(JSON.stringify(options.editToc(archive.rows)));
  const toc = zstdCompressSync(json);
  const data = Buffer.concat([archive.stored, zstdCompressSync(tarEnd)]);
  const [prefix] = chunkedNames;
  const position = [data.byteLength + 8, toc.byteLength, json.byteLength, 1];
  return {
    stored: Buffer.concat([data, skippableFrame(toc), skippableFrame(footer(position))]),
    tar: Buffer.concat([archive.tar, tarEnd]),
    annotations: { [`${prefix}manifest-checksum`]: digestOf(toc), [`${prefix}manifest-position`]: position.join(':') },
  };
}

/** 64 bytes: the position, the same of the data for tar-split (not written here), a magic. */
function footer(position: readonly number[]): Buffer {
  const bytes = Buffer.alloc(64);
  for (const [index, value] of position.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 * index);
  bytes.write('GNUlInUx', 56);
  return bytes;
}

function skippableFrame(content: Uint8Array): Buffer {
  const header = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(content.byteLength, 4);
  return Buffer.concat([header, content]);
}
