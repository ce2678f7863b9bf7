/**
 * Numbers and texts at places in a run of bytes. What lies beyond its end reads as zero or nothing, so that a table
 * which ends too early simply has no more in it: the readers of executables never throw for what a file says.
 */
export class ByteFields {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;

  /** @param littleEndian - Byte order of all numbers. */
  constructor(bytes: Uint8Array, littleEndian = true) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes. */
  get length(): number {
    return this.bytes.byteLength;
  }

  u8(offset: number): number {
    return this.bytes[offset] ?? 0;
  }

  u16(offset: number): number {
    return this.#has(offset, 2) ? this.#view.getUint16(offset, this.littleEndian) : 0;
  }

  u32(offset: number): number {
    return this.#has(offset, 4) ? this.#view.getUint32(offset, this.littleEndian) : 0;
  }

  /** A 64-bit number; beyond 2^53 only about right, which is beyond the end of every file. */
  u64(offset: number): number {
    const [first, second] = [this.u32(offset), this.u32(offset + 4)];
    return this.littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
  }

  /** A number of the machine's word. */
  word(offset: number, is64: boolean): number {
    return is64 ? this.u64(offset) : this.u32(offset);
  }

  /** The text up to the next zero byte, at most `max` bytes of it, as UTF-8. */
  text(offset: number, max: number): string {
    return textOf(this.bytes.subarray(offset, offset + max));
  }

  #has(offset: number, length: number): boolean {
    return offset >= 0 && offset + length <= this.bytes.byteLength;
  }
}

/** The text before the first zero byte, as UTF-8; what is none becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  // On the few bytes of a name this takes a third of what a TextDecoder takes.
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString();
}
