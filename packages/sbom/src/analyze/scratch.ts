import type { RandomAccess } from '../catalog/cataloger.ts';

/** Content kept outside the memory budget. */
export interface ScratchFile extends RandomAccess {
  /** Frees it. */
  close(): Promise<void>;
}

/**
 * Where a file goes that must be read in any order and is too large for the byte budget. The host supplies it, so that
 * this package never touches a disk; content has no name there.
 */
export interface Scratch {
  /**
   * Stores `size` bytes.
   * @returns undefined when there is no room
   */
  store(
    content: AsyncIterable<Uint8Array>,
    size: number,
    options?: { signal?: AbortSignal },
  ): Promise<ScratchFile | undefined>;
}
