/** One block of a tar archive, in bytes. */
export const blockSize = 512;

/** Bytes up to the next multiple of a block. */
export function paddedSize(size: number): number {
  return Math.ceil(size / blockSize) * blockSize;
}
