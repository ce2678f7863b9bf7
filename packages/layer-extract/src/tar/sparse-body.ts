import type { SparseMap } from './sparse-map.ts';
import type { TarBody } from './tar-entry.ts';

/** Longest piece of a hole that is given at once. */
const holeBytes = 64 * 1024;

/** The content of a sparse file: what the archive holds of it, with zeros for the holes. */
export class SparseBody implements TarBody {
  readonly #held: TarBody;
  readonly #map: SparseMap;
  readonly #onHole: (bytes: number) => void;
  #at = 0;
  #run = 0;
  #left: Uint8Array | undefined;
  #zeros: Uint8Array | undefined;

  /**
   * @param held the bytes of all runs, one after the other
   * @param onHole told of zeros before they are given; it may throw
   */
  constructor(held: TarBody, map: SparseMap, onHole: (bytes: number) => void) {
    this.#held = held;
    this.#map = map;
    this.#onHole = onHole;
  }

  get gone(): boolean {
    return this.#held.gone;
  }

  async read(): Promise<Uint8Array | undefined> {
    const { size, runs } = this.#map;
    let run = runs[this.#run];
    while (run !== undefined && run.offset + run.length <= this.#at) run = runs[++this.#run];
    const nextRun = run?.offset ?? size;
    const bytes =
      run === undefined || this.#at < nextRun
        ? this.#hole(nextRun - this.#at)
        : await this.#content(run.offset + run.length - this.#at);
    this.#at += bytes?.byteLength ?? 0;
    return bytes;
  }

  #hole(length: number): Uint8Array | undefined {
    if (length === 0) return undefined;
    const step = Math.min(length, holeBytes);
    this.#onHole(step);
    this.#zeros ??= new Uint8Array(Math.min(this.#map.size, holeBytes));
    return this.#zeros.subarray(0, step);
  }

  async #content(length: number): Promise<Uint8Array | undefined> {
    const bytes = this.#left ?? (await this.#held.read());
    if (bytes === undefined || bytes.byteLength <= length) {
      this.#left = undefined;
      return bytes;
    }
    this.#left = bytes.subarray(length);
    return bytes.subarray(0, length);
  }
}
