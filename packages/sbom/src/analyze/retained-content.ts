import type { RandomAccess } from '../catalog/cataloger.ts';
import { SbomError } from '../sbom-error.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Scratch } from './scratch.ts';

/** A body that can be read in any order. */
export interface KeptContent extends RandomAccess {
  /** The bytes themselves where they are in memory. */
  readonly buffer: Uint8Array | undefined;
}

/** The bytes of one file, kept after its entry has passed. */
export interface RetainedContent extends KeptContent {
  release(): Promise<void>;
}

/** Where kept bytes may go. */
export interface Storage {
  readonly budget: ByteBudget;
  readonly scratch?: Scratch | undefined;
  /**
   * Called before a wait for the budget: who holds bytes of it beyond one file gives them up first, or rejects. Two that
   * hold some and wait for more would wait for each other.
   */
  beforeWaiting?(): Promise<void>;
}

/** Reads of a buffer, clamped to its end. */
export function bufferAccess(buffer: Uint8Array): KeptContent {
  return {
    size: buffer.byteLength,
    buffer,
    read: (offset, length) => Promise.resolve(buffer.subarray(offset, offset + length)),
  };
}

/** Fills a buffer of exactly `size` bytes. @throws SbomError `FILE_TRUNCATED` */
export async function collect(
  content: AsyncIterable<Uint8Array>,
  size: number,
  path: string,
  buffer: Uint8Array = new Uint8Array(size),
): Promise<Uint8Array> {
  let offset = 0;
  for await (const chunk of content) {
    if (offset + chunk.byteLength > size) throw new SbomError('MALFORMED', `${path}: longer than its ${size} bytes`);
    buffer.set(chunk, offset);
    offset += chunk.byteLength;
  }
  if (offset !== size) throw new SbomError('FILE_TRUNCATED', `${path}: ends after ${offset} of ${size} bytes`);
  return buffer;
}

/**
 * Keeps a body beyond its entry: in memory where the budget has room now (the caller may hold some already, so waiting
 * could be for ever), else in scratch.
 *
 * @throws SbomError `FILE_TOO_LARGE` when it fits neither, `FILE_TRUNCATED`
 */
export async function retainContent(
  content: AsyncIterable<Uint8Array>,
  file: { readonly path: string; readonly size: number },
  storage: Storage,
  signal: AbortSignal,
): Promise<RetainedContent> {
  const release = storage.budget.tryAcquire(file.size);
  if (release === undefined) return retainInScratch(content, file, storage, signal);
  try {
    const buffer = await collect(content, file.size, file.path);
    return { ...bufferAccess(buffer), release: async () => release() };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Keeps a body in scratch.
 *
 * @throws SbomError `FILE_TOO_LARGE` when there is none, or no room
 */
export async function retainInScratch(
  content: AsyncIterable<Uint8Array>,
  file: { readonly path: string; readonly size: number },
  { budget, scratch }: Storage,
  signal: AbortSignal,
): Promise<RetainedContent> {
  const stored = await scratch?.store(content, file.size, { signal });
  if (stored === undefined) {
    const room = scratch ? 'no scratch space is left for it' : 'there is no scratch space';
    throw new SbomError(
      'FILE_TOO_LARGE',
      `${file.path}: ${file.size} bytes do not fit the byte budget of ${budget.total} and ${room}`,
    );
  }
  return {
    size: stored.size,
    read: (offset, length) => stored.read(offset, length),
    buffer: undefined,
    release: () => stored.close(),
  };
}
