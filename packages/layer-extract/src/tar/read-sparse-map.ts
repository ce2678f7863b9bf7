import type { ExtractLimits } from '../extract-limits.ts';
import { blockSize } from './block.ts';
import type { ChunkCursor } from './chunk-cursor.ts';
import type { TarHeader } from './parse-header.ts';
import type { PaxRecords } from './parse-pax.ts';
import { parseSparseExtension } from './sparse-header.ts';
import { type SparseMap, type SparseRun, sparseProblem } from './sparse-map.ts';
import { paxSparseFormat, paxSparseRuns, paxSparseSize, SparseMapText } from './sparse-pax.ts';
import { invalidTar, tarExceeds, truncatedTar } from './tar-error.ts';

/** The map of a sparse file, and what of its body is content. */
export interface ReadSparseMap {
  readonly map: SparseMap;
  /** Bytes of content that the archive holds. */
  readonly held: number;
}

/** A sparse file's header, its extensions and its place. */
export interface SparseEntry {
  readonly header: TarHeader;
  readonly pax: PaxRecords | undefined;
  /** Bytes of the body, the map included where it stands there. */
  readonly size: number;
  /** Where the header lies, in bytes. */
  readonly offset: number;
}

/**
 * Reads which parts of a sparse file an archive holds, in all of GNU tar's formats (its manual, "Storing Sparse Files");
 * the cursor then stands at the content. A map is bounded by `headerBytes`.
 *
 * @returns undefined for a file that is not sparse
 * @throws ExtractError `TAR_INVALID`, `TRUNCATED`, `LIMIT_EXCEEDED`
 */
export async function readSparseMap(
  cursor: ChunkCursor,
  entry: SparseEntry,
  limits: ExtractLimits,
): Promise<ReadSparseMap | undefined> {
  const { header, pax, size, offset } = entry;
  const reader = new MapReader(cursor, offset, limits.headerBytes);
  if (header.sparse !== undefined) {
    const runs = [...header.sparse.runs];
    if (header.sparse.continues) await reader.readBlocks(runs);
    return checked({ size: header.sparse.size, runs }, size, offset);
  }
  const format = paxSparseFormat(pax);
  if (pax === undefined || format === undefined) return undefined;
  const start = cursor.offset;
  const runs = format === 'in-body' ? await reader.readText(size) : paxSparseRuns(pax);
  const whole = paxSparseSize(pax, size);
  if (runs === undefined || whole === undefined) throw invalidTar(offset, 'a sparse map that breaks its form');
  return checked({ size: whole, runs }, size - (cursor.offset - start), offset);
}

function checked(map: SparseMap, held: number, offset: number): ReadSparseMap {
  const problem = sparseProblem(map, held);
  if (problem !== undefined) throw invalidTar(offset, problem);
  return { map, held };
}

class MapReader {
  readonly #cursor: ChunkCursor;
  readonly #offset: number;
  readonly #limit: number;
  #read = 0;

  constructor(cursor: ChunkCursor, offset: number, limit: number) {
    this.#cursor = cursor;
    this.#offset = offset;
    this.#limit = limit;
  }

  /** The rest of a map in GNU's old format, behind the header. */
  async readBlocks(runs: SparseRun[]): Promise<void> {
    for (let continues = true; continues; ) {
      const block = parseSparseExtension(await this.#takeBlock());
      if (typeof block === 'string') throw invalidTar(this.#offset, block);
      for (const run of block.runs) runs.push(run);
      continues = block.continues;
    }
  }

  /** A map of format 1.0, the first blocks of the body. @returns undefined where it breaks its form */
  async readText(bodySize: number): Promise<readonly SparseRun[] | undefined> {
    const text = new SparseMapText();
    while (!text.complete) {
      if (this.#read + blockSize > bodySize || !text.add(await this.#takeBlock())) return undefined;
    }
    return text.runs;
  }

  async #takeBlock(): Promise<Buffer> {
    this.#read += blockSize;
    if (this.#read > this.#limit) {
      throw tarExceeds(this.#offset, `a sparse map longer than limit headerBytes ${this.#limit}`);
    }
    const block = await this.#cursor.takeAcross(blockSize);
    if (block.byteLength < blockSize) throw truncatedTar(this.#cursor.offset);
    return block;
  }
}
