import { firstNonZero } from '../decompress/first-non-zero.ts';
import { blockSize } from './block.ts';

/**
 * Memory of its own for the header block at hand: its bytes can be read four at once wherever the block lies in the
 * archive, and no view of a chunk has to be made for each entry.
 */
export class HeaderBlock {
  readonly bytes: Buffer = Buffer.from(new ArrayBuffer(blockSize));
  /** The same bytes, in the machine's order. */
  readonly words: Int32Array = new Int32Array(this.bytes.buffer);

  /** Whether all bytes are zeros, which ends an archive. */
  get isZero(): boolean {
    return this.bytes[0] === 0 && firstNonZero(this.bytes) < 0;
  }
}
