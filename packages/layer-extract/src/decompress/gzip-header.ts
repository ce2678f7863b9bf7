import { crc32 } from 'node:zlib';
import type { BlobSource } from '../blob/blob-source.ts';
import { ExtractError } from '../extract-error.ts';

const deflate = 8;
const flag = { headerChecksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Longest file name or comment; gzip sets no bound. */
const maxText = 64 * 1024;

/**
 * Reads the header of a gzip member (RFC 1952, 2.3).
 *
 * @throws ExtractError `GZIP_INVALID`, `TRUNCATED`.
 */
export async function readGzipHeader(source: BlobSource): Promise<void> {
  const header = new HeaderReader(source);
  const fixed = await header.take(10);
  const flags = fixed[3]!;
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b) throw header.invalid('it does not begin with the gzip magic');
  if (fixed[2] !== deflate) throw header.invalid(`unknown compression method ${fixed[2]}`);
  if ((flags & flag.reserved) !== 0) throw header.invalid('reserved flags are set');
  if ((flags & flag.extra) !== 0) {
    const length = await header.take(2);
    await header.take(length[0]! | (length[1]! << 8));
  }
  if ((flags & flag.name) !== 0) await header.skipText();
  if ((flags & flag.comment) !== 0) await header.skipText();
  if ((flags & flag.headerChecksum) !== 0) await header.verify();
}

class HeaderReader {
  readonly #source: BlobSource;
  #checksum = 0;

  constructor(source: BlobSource) {
    this.#source = source;
  }

  async take(length: number): Promise<Uint8Array> {
    const bytes = await this.#source.take(length);
    if (bytes.byteLength < length) {
      const { offset } = this.#source;
      throw new ExtractError('TRUNCATED', `gzip header, blob offset ${offset}: the blob ends inside it`, { offset });
    }
    this.#checksum = crc32(bytes, this.#checksum);
    return bytes;
  }

  /** Reads a zero-terminated text. */
  async skipText(): Promise<void> {
    for (let length = 0; length < maxText; length++) {
      if ((await this.take(1))[0] === 0) return;
    }
    throw this.invalid(`a name or comment is longer than ${maxText} bytes`);
  }

  async verify(): Promise<void> {
    const expected = this.#checksum & 0xffff;
    const stored = await this.take(2);
    if ((stored[0]! | (stored[1]! << 8)) !== expected) throw this.invalid('header checksum does not match');
  }

  invalid(what: string): ExtractError {
    const { offset } = this.#source;
    return new ExtractError('GZIP_INVALID', `gzip header, before offset ${offset}: ${what}`, { offset });
  }
}
