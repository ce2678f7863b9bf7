import type { BlobSource } from '../blob/blob-source.ts';
import type { Decoder, DecoderInput } from './run-decoder.ts';

const memberMagic = Buffer.from([0x1f, 0x8b, 8]);

/** Compressed bytes after which the place to go back to is moved on. */
const stride = 32 * 1024;

/** Compressed bytes kept to go back; a longer member cannot be read again. */
const maxKept = 8 * 1024 * 1024;

/**
 * Feeds a decoder a series of gzip members and can go back to the start of one of the last: what looks like the start
 * of a member gets a write of its own, so that the output made until then is known. A place that looks so by chance
 * costs no more than that going back there finds no member.
 */
export class RewindableInput implements DecoderInput {
  readonly #source: BlobSource;
  #pushed = 0;
  /** Bytes that the decoder had made where the kept input begins. */
  #output = 0;
  /** Copies: a source may use its memory again. */
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #lost = false;

  constructor(source: BlobSource, decoder: Decoder) {
    this.#source = source;
    const push = decoder.push.bind(decoder);
    decoder.push = (chunk: Uint8Array | null) => {
      this.#pushed += chunk?.byteLength ?? 0;
      return push(chunk);
    };
  }

  async pull(): Promise<Uint8Array | undefined> {
    const chunk = await this.#source.pull();
    if (chunk === undefined) return undefined;
    const due = this.#lost || this.#keptBytes >= stride;
    const start = due ? memberStart(chunk) : chunk.byteLength;
    // The write before this one is through, with all that it gives.
    if (start === 0) this.#restart();
    const end = start === 0 ? chunk.byteLength : start;
    this.#source.unshift(chunk.subarray(end));
    const piece = chunk.subarray(0, end);
    this.#keep(piece);
    return piece;
  }

  unshift(bytes: Uint8Array): void {
    this.#source.unshift(bytes);
    if (this.#lost || bytes.byteLength === 0) return;
    // What comes back is the end of the last piece.
    const last = this.#kept.pop()!;
    this.#kept.push(last.subarray(0, last.byteLength - bytes.byteLength));
    this.#keptBytes -= bytes.byteLength;
  }

  /** Puts the source back. @returns how much output had been made there; undefined where that is too far away */
  rewind(): number | undefined {
    if (this.#lost) return undefined;
    this.#source.unshift(Buffer.concat(this.#kept));
    this.#kept = [];
    return this.#output;
  }

  #restart(): void {
    this.#kept = [];
    this.#keptBytes = 0;
    this.#lost = false;
    this.#output = this.#pushed;
  }

  #keep(piece: Uint8Array): void {
    if (this.#lost) return;
    this.#keptBytes += piece.byteLength;
    this.#lost = this.#keptBytes > maxKept;
    if (this.#lost) this.#kept = [];
    else this.#kept.push(Buffer.from(piece));
  }
}

/** Where a chunk may begin a member: its magic, deflate, no reserved flags; the chunk's length for nowhere. */
function memberStart(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let at = bytes.indexOf(memberMagic); at >= 0; at = bytes.indexOf(memberMagic, at + 1)) {
    if (((bytes[at + 3] ?? 0xff) & 0xe0) === 0) return at;
  }
  return chunk.byteLength;
}
