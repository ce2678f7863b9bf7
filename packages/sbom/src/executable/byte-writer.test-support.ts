import type { RandomAccess } from '../catalog/cataloger.ts';

/** Writes numbers and texts one behind the other. */
export class ByteWriter {
  #bytes = Buffer.alloc(256);
  #length = 0;
  readonly #littleEndian: boolean;

  constructor(littleEndian = true) {
    this.#littleEndian = littleEndian;
  }

  get length(): number {
    return this.#length;
  }

  number(width: number, ...values: number[]): this {
    for (const value of values) {
      const bytes = Uint8Array.from({ length: width }, (_, index) => Math.floor(value / 256 ** index) % 256);
      this.bytes(this.#littleEndian ? bytes : bytes.reverse());
    }
    return this;
  }

  u8 = (...values: number[]): this => this.number(1, ...values);
  u16 = (...values: number[]): this => this.number(2, ...values);
  u32 = (...values: number[]): this => this.number(4, ...values);
  u64 = (...values: number[]): this => this.number(8, ...values);

  bytes(bytes: Uint8Array): this {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], end * 2);
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
    return this;
  }

  /** A text and a zero byte. */
  text(text: string): this {
    return this.bytes(Buffer.from(`${text}\0`));
  }

  /** A text in a field of fixed width. */
  field(text: string, width: number): this {
    return this.bytes(Buffer.from(text.padEnd(width, '\0')).subarray(0, width));
  }

  /** A text in UTF-16 with its zero. */
  wide(text: string): this {
    return this.bytes(Buffer.from(`${text}\0`, 'utf16le'));
  }

  align(to: number): this {
    return this.upTo(Math.ceil(this.#length / to) * to);
  }

  /** Zeros up to an offset. */
  upTo(offset: number): this {
    return this.bytes(new Uint8Array(Math.max(offset - this.#length, 0)));
  }

  build(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, this.#length));
  }
}

/** Reads of a buffer, which count how often and how much was read. */
export function accessOf(bytes: Uint8Array): RandomAccess & { reads: number; bytesRead: number } {
  const access = {
    size: bytes.length,
    reads: 0,
    bytesRead: 0,
    read(offset: number, length: number): Promise<Uint8Array> {
      const part = bytes.subarray(offset, offset + length);
      access.reads += 1;
      access.bytesRead += part.length;
      return Promise.resolve(part);
    },
  };
  return access;
}
