import type { BlobSource } from '../blob/blob-source.ts';
import { ExtractError } from '../extract-error.ts';
import type { ExtractLimits } from '../extract-limits.ts';
import type { DecoderInput } from './run-decoder.ts';
import { isSkippableMagic, isZstdMagic } from './sniff-compression.ts';

/**
 * Feeds a zstd decoder the frames of a source, cut where a frame ends: Node's decoder stops at a frame's end when more
 * input stands behind it in the same write, but goes on with the next write. The cuts come from the block headers,
 * which need no decoding; so thousands of frames, as zstd:chunked has, share one decoder.
 */
export class ZstdFrames implements DecoderInput {
  /** True when the decoder gave input back: it saw a frame end where the block headers do not. */
  leftOver = false;
  readonly #source: BlobSource;
  readonly #limits: ExtractLimits;
  #cut: FrameCut | undefined;
  #frames = 0;

  constructor(source: BlobSource, limits: ExtractLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  unshift(bytes: Uint8Array): void {
    this.leftOver ||= bytes.byteLength > 0;
    this.#source.unshift(bytes);
  }

  async pull(): Promise<Uint8Array | undefined> {
    if (this.#cut === undefined || this.#cut.ended) {
      if (!(await this.startsFrame())) return undefined;
      this.#countFrame();
      this.#cut = new FrameCut();
    }
    const chunk = await this.#source.pull();
    if (chunk === undefined) throw this.#truncated();
    const end = this.#cut.advance(chunk);
    this.#source.unshift(chunk.subarray(end));
    return chunk.subarray(0, end);
  }

  /** Passes over skippable frames and tells whether a frame with data follows them. */
  async startsFrame(): Promise<boolean> {
    for (;;) {
      const chunk = await this.#source.pull();
      if (chunk !== undefined) this.#source.unshift(chunk.subarray(this.#passFrames(chunk)));
      const magic = await this.#source.take(4);
      this.#source.unshift(magic);
      if (!isSkippableMagic(magic)) return isZstdMagic(magic);
      this.#countFrame();
      await this.#skipFrame();
    }
  }

  /** A frame takes nine bytes, or eight, and a call of the decoder: more of them than entries make sense for nobody. */
  #countFrame(): void {
    this.#frames += 1;
    const { entries } = this.#limits;
    if (this.#frames <= entries) return;
    const { offset } = this.#source;
    const what = `more frames than limit entries ${entries}`;
    throw new ExtractError('LIMIT_EXCEEDED', `zstd data, blob offset ${offset}: ${what}`, { offset });
  }

  /** Passes over the skippable frames that lie in `chunk` as a whole. @returns where the rest begins */
  #passFrames(chunk: Uint8Array): number {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; ; this.#countFrame()) {
      if (at + 8 > chunk.byteLength || view.getUint32(at, true) >>> 4 !== skippableMagic) return at;
      const end = at + 8 + view.getUint32(at + 4, true);
      if (end > chunk.byteLength) return at;
      at = end;
    }
  }

  async #skipFrame(): Promise<void> {
    const header = await this.#source.take(8);
    if (header.byteLength < 8) throw this.#truncated();
    let missing = new DataView(header.buffer, header.byteOffset, 8).getUint32(4, true);
    while (missing > 0) {
      const chunk = await this.#source.pull();
      if (chunk === undefined) throw this.#truncated();
      this.#source.unshift(chunk.subarray(missing));
      missing -= Math.min(missing, chunk.byteLength);
    }
  }

  #truncated(): ExtractError {
    const { offset } = this.#source;
    return new ExtractError('TRUNCATED', `zstd data, blob offset ${offset}: the blob ends inside a frame`, { offset });
  }
}

const rleBlock = 1;

/** 0x184D2A50 to 0x184D2A5F without the last digit. */
const skippableMagic = 0x184d2a5;

/** Finds the end of one frame by its frame and block headers (RFC 8878, 3.1.1). */
class FrameCut {
  ended = false;
  /** Magic and descriptor first, block headers afterwards. */
  #header: number[] = [];
  #headerLength = 5;
  /** Bytes to pass before the next header. */
  #skip = 0;
  #checksum = false;
  #lastBlock = false;

  /** How many bytes of `chunk` belong to the frame. */
  advance(chunk: Uint8Array): number {
    let at = 0;
    for (;;) {
      const skipped = Math.min(this.#skip, chunk.byteLength - at);
      this.#skip -= skipped;
      at += skipped;
      if (this.#skip === 0 && this.#lastBlock) this.ended = true;
      if (this.ended || at === chunk.byteLength) return at;
      this.#header.push(chunk[at++]!);
      if (this.#header.length === this.#headerLength) this.#readHeader();
    }
  }

  #readHeader(): void {
    const bytes = this.#header;
    if (bytes.length === 5) this.#readDescriptor(bytes[4]!);
    else this.#readBlock(bytes[0]! | (bytes[1]! << 8) | (bytes[2]! << 16));
    this.#header = [];
    this.#headerLength = 3;
  }

  #readDescriptor(descriptor: number): void {
    const singleSegment = (descriptor & 0x20) !== 0;
    const windowBytes = singleSegment ? 0 : 1;
    const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
    const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
    this.#checksum = (descriptor & 4) !== 0;
    this.#skip = windowBytes + dictionaryBytes + sizeBytes;
  }

  #readBlock(header: number): void {
    this.#lastBlock = (header & 1) !== 0;
    this.#skip = ((header >> 1) & 3) === rleBlock ? 1 : header >> 3;
    if (this.#lastBlock && this.#checksum) this.#skip += 4;
  }
}
