import type { ExtractLimits } from '../extract-limits.ts';

/** One archive of the corpus: what it tests, how it is made, and what must come of it. */
export interface HostileLayer {
  /** Kebab-case, unique. */
  readonly name: string;
  /** What it tests, one sentence; README.md has the same. */
  readonly tests: string;
  /** The blob, made while it is read. */
  readonly bytes: () => Iterable<Uint8Array>;
  /** Plain tar where there is none. */
  readonly mediaType?: string;
  readonly limits?: Partial<ExtractLimits>;
  /**
   * The events in order as {@link describeEvents} writes them, and `error CODE` at the end where the walk fails; more
   * than ten events are counted by kind.
   */
  readonly expected: readonly string[];
}

export const gzipLayer = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const zstdLayer = 'application/vnd.oci.image.layer.v1.tar+zstd';

/** `length` zeros in chunks of 64 KiB. */
export function* zeros(length: number): Generator<Uint8Array> {
  const chunk = Buffer.alloc(65_536);
  for (let left = length; left > 0; left -= chunk.byteLength) yield chunk.subarray(0, left);
}

/** `count` times the same bytes, joined to chunks of about 64 KiB. */
export function* repeated(count: number, bytes: Uint8Array): Generator<Uint8Array> {
  const many = Math.max(1, Math.floor(65_536 / bytes.byteLength));
  const chunk = Buffer.concat(Array.from({ length: many }, () => bytes));
  for (let left = count; left > 0; left -= many) yield chunk.subarray(0, left * bytes.byteLength);
}

/** Several sources one after another. */
export function* joined(...parts: readonly (Uint8Array | Iterable<Uint8Array>)[]): Generator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part;
  }
}

/** A header block as `change` leaves it, its checksum made to fit again. */
export function resealed(block: Buffer, change: (header: Buffer) => void): Buffer {
  const changed = Buffer.from(block);
  change(changed);
  changed.fill(' ', 148, 156);
  const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return changed;
}

/** The bytes with one bit changed; a negative index counts from the end. */
export function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at < 0 ? bytes.byteLength + at : at]! ^= 1;
  return changed;
}
