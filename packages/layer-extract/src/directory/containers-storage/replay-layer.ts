import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { decompress } from '../../decompress/decompress.ts';
import { fileErrorCode } from '../file-error.ts';
import { OpenDirectory } from '../open-directory.ts';
import { GatheredChunks } from './gathered-chunks.ts';
import type { LayerRecord } from './layer-records.ts';
import { parseTarSplit } from './parse-tar-split.ts';
import { storageError, storageLimit } from './storage-error.ts';
import type { StorageLimits } from './storage-limits.ts';
import { TreeFiles } from './tree-files.ts';

const chunkBytes = 64 * 1024;

/**
 * The archive that a layer was unpacked from, byte for byte: what tar-split noted of it, with the contents of files from
 * the layer's `diff` folder in between. At its end it has been compared with the layer's digest.
 */
export async function* replayLayer(
  root: string,
  record: LayerRecord,
  limits: StorageLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  signal?.throwIfAborted();
  const sha256 = createHash('sha256');
  let total = 0;
  for await (const chunk of pieces(root, record, limits, signal)) {
    signal?.throwIfAborted();
    total += chunk.byteLength;
    if (total > limits.totalBytes) throw storageLimit(`layer ${record.id}`, 'totalBytes', limits.totalBytes);
    sha256.update(chunk);
    yield chunk;
  }
  const found = `sha256:${sha256.digest('hex')}`;
  if (found === record.diffId) return;
  throw storageError(`layer ${record.id}`, `its files give ${found}, not the noted ${record.diffId}`);
}

async function* pieces(
  root: string,
  { id }: LayerRecord,
  limits: StorageLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const files = new TreeFiles(openDiff(root, id), limits);
  try {
    const split = fileChunks(join(root, 'overlay-layers', `${id}.tar-split.gz`), id);
    const { ratio, ratioFloorBytes, totalBytes } = limits;
    const lines = decompress(split, { limits: { ratio, ratioFloorBytes, totalBytes }, ...(signal ? { signal } : {}) });
    const chunks = new GatheredChunks();
    let entries = 0;
    for await (const piece of parseTarSplit(lines, limits.lineBytes)) {
      if ('bytes' in piece) yield* copy(piece.bytes, chunks);
      else {
        entries += 1;
        if (entries > limits.entries) throw storageLimit(`layer ${id}`, 'entries', limits.entries);
        yield* files.read(piece.name, piece.size, chunks);
      }
    }
    const rest = chunks.rest();
    if (rest !== undefined) yield rest;
  } finally {
    files.close();
  }
}

function* copy(bytes: Uint8Array, chunks: GatheredChunks): Generator<Uint8Array, void, void> {
  for (let position = 0; position < bytes.byteLength; ) {
    const { space } = chunks;
    const piece = bytes.subarray(position, position + space.byteLength);
    space.set(piece);
    position += piece.byteLength;
    const full = chunks.take(piece.byteLength);
    if (full !== undefined) yield full;
  }
}

function openDiff(root: string, id: string): OpenDirectory {
  let directory: OpenDirectory | undefined;
  try {
    directory = OpenDirectory.root(root);
    for (const name of ['overlay', id, 'diff']) {
      const inner: OpenDirectory = directory.directory(name);
      directory.close();
      directory = inner;
    }
    return directory;
  } catch (error) {
    directory?.close();
    throw missing(id, 'diff', error);
  }
}

async function* fileChunks(path: string, id: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw missing(id, 'tar-split', error);
  });
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const { bytesRead } = await file.read(chunk, 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

function missing(id: string, what: string, error: unknown): unknown {
  const code = fileErrorCode(error);
  return code === undefined ? error : storageError(`layer ${id}`, `its ${what} cannot be read (${code})`, error);
}
