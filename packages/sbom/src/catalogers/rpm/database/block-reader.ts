import type { RandomAccess } from '../../../catalog/cataloger.ts';
import { SbomError } from '../../../sbom-error.ts';

/** The largest page of any of the formats; pages are aligned, so that one never lies in two blocks. */
const blockLength = 64 * 1024;
/** Pages of one package lie near each other, but seldom all in one block. */
const maxBlocks = 16;

/** Reads a file part by part, with the blocks it read last kept: 1 MiB, however large the file is. */
export interface BlockReader {
  /** Bytes of the file. */
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset`. The result may share memory with later ones: copy what must last.
   * @throws SbomError `MALFORMED` when the file ends before; the signal's reason
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Makes a {@link BlockReader}. */
export function createBlockReader(access: RandomAccess, signal?: AbortSignal): BlockReader {
  // In order of their last use, the oldest first.
  const blocks = new Map<number, Uint8Array>();

  const block = async (index: number): Promise<Uint8Array> => {
    const known = blocks.get(index);
    const bytes = known ?? (await access.read(index * blockLength, blockLength));
    blocks.delete(index);
    blocks.set(index, bytes);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= maxBlocks) break;
      blocks.delete(oldest);
    }
    return bytes;
  };
  return {
    size: access.size,
    async read(offset, length) {
      signal?.throwIfAborted();
      if (offset < 0 || offset + length > access.size) throw truncated(offset, length, access.size);
      const index = Math.floor(offset / blockLength);
      const start = offset - index * blockLength;
      const bytes =
        start + length <= blockLength
          ? (await block(index)).subarray(start, start + length)
          : await access.read(offset, length);
      if (bytes.byteLength < length) throw truncated(offset, length, access.size);
      return bytes;
    },
  };
}

function truncated(offset: number, length: number, size: number): SbomError {
  return new SbomError('MALFORMED', `rpm database: ${length} bytes at ${offset} lie beyond the end at ${size}`);
}

/** The numbers of a part of a file. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
