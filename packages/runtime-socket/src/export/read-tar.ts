import { RuntimeError } from '../runtime-error.ts';
import { ChunkReader } from './chunk-reader.ts';
import { blockBytes, decodePaxRecords, decodeTarHeader, type TarHeader, text } from './tar-header.ts';

/** A member of an archive while it passes by. */
export interface TarMember extends TarHeader {
  /** Reads the body once, before the next member is asked for. What is not read is passed over. */
  body(): AsyncIterable<Uint8Array>;
}

/** Largest extended header of pax or GNU, in bytes. */
const extendedBytes = 1024 * 1024;

interface Extension {
  readonly name?: string | undefined;
  readonly size?: number | undefined;
}

/**
 * Yields the members of a tar archive as it streams, with the names and sizes of pax and GNU extended headers. Leaving
 * the loop returns the source.
 *
 * Iterating throws RuntimeError `INVALID_RESPONSE` for what is no tar, `UNAVAILABLE` where it breaks off, `TOO_LARGE`
 * for an extended header of more than 1 MiB.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  where: string,
): AsyncGenerator<TarMember, void, undefined> {
  const reader = new ChunkReader(source, where);
  try {
    let extension: Extension = {};
    for (let header = await nextHeader(reader, where); header; header = await nextHeader(reader, where)) {
      if (isExtension(header)) {
        extension = { ...extension, ...(await readExtension(reader, header, where)) };
        continue;
      }
      const { name = header.name, size = header.size } = extension;
      extension = {};
      const member = new PassingMember(
        reader,
        { name: name.replace(/^(?:\.?\/)+/, ''), size, type: header.type },
        where,
      );
      yield member;
      await member.passOver();
    }
    // The rest is padding; read to its end, the connection can serve another request.
    while ((await reader.some(65_536)).length > 0);
  } finally {
    await reader.close();
  }
}

class PassingMember implements TarMember {
  readonly name: string;
  readonly size: number;
  readonly type: string;
  readonly #reader: ChunkReader;
  readonly #where: string;
  #left: number;
  #isPast = false;

  constructor(reader: ChunkReader, header: TarHeader, where: string) {
    this.name = header.name;
    this.size = header.size;
    this.type = header.type;
    this.#reader = reader;
    this.#where = where;
    this.#left = header.size;
  }

  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#left !== this.size || this.#isPast) throw this.#past();
    for (;;) {
      if (this.#isPast) throw this.#past();
      if (this.#left === 0) return;
      yield await this.#some();
    }
  }

  /** Reads on to the next header. */
  async passOver(): Promise<void> {
    this.#isPast = true;
    while (this.#left > 0) await this.#some();
    const padding = -this.size & (blockBytes - 1);
    // `&` is of 32 bits, but so are the low bits that count.
    if (padding > 0 && (await this.#reader.exactly(padding)) === undefined) throw this.#reader.cut();
  }

  async #some(): Promise<Uint8Array> {
    const chunk = await this.#reader.some(this.#left);
    if (chunk.length === 0) throw this.#reader.cut();
    this.#left -= chunk.length;
    return chunk;
  }

  #past(): RuntimeError {
    return new RuntimeError('CLOSED', `${this.#where}: ${this.name.slice(0, 100)} has already passed by`);
  }
}

/** The next header, `undefined` at the end of the archive: a block of zeros. */
async function nextHeader(reader: ChunkReader, where: string): Promise<TarHeader | undefined> {
  const block = await reader.exactly(blockBytes);
  if (block === undefined) throw reader.cut();
  if (block.every((byte) => byte === 0)) return undefined;
  const header = decodeTarHeader(block);
  if (header === undefined) throw new RuntimeError('INVALID_RESPONSE', `${where}: it is not a tar archive`);
  // Links and directories have no body, whatever size is written there.
  return /[1-6]/.test(header.type) ? { ...header, size: 0 } : header;
}

function isExtension({ type }: TarHeader): boolean {
  return /[xgLK]/.test(type);
}

async function readExtension(reader: ChunkReader, header: TarHeader, where: string): Promise<Extension> {
  if (header.size > extendedBytes) {
    throw new RuntimeError('TOO_LARGE', `${where}: an extended header is larger than ${extendedBytes} bytes`);
  }
  const padded = Math.ceil(header.size / blockBytes) * blockBytes;
  const block = padded === 0 ? Buffer.alloc(0) : await reader.exactly(padded);
  if (block === undefined) throw reader.cut();
  const body = block.subarray(0, header.size);
  if (header.type === 'L') return { name: text(body, 0, body.length) };
  // Names of link targets and defaults for all members: nothing of either is needed.
  if (header.type !== 'x') return {};
  const records = decodePaxRecords(body);
  const size = records?.get('size');
  if (records === undefined || (size !== undefined && !/^[0-9]{1,15}$/.test(size))) {
    throw new RuntimeError('INVALID_RESPONSE', `${where}: an extended header is malformed`);
  }
  const name = records.get('path');
  return { ...(name !== undefined && { name }), ...(size !== undefined && { size: Number(size) }) };
}
