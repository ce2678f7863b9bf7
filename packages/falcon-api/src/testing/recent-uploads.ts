import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';

/** Bytes, by a rough guess from the bodies as JSON, that uploads kept in memory may take. */
const maxBytes = 256 * 1024 * 1024;

/** The newest accepted uploads as they came, repeats included. */
export class RecentUploads {
  readonly kept: InventoryScanRequest[] = [];
  readonly #sizes: number[] = [];
  readonly #keep: number;
  #bytes = 0;

  /** @param keep - How many at most. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** @param bytes - Of its body. */
  push(request: InventoryScanRequest, bytes: number): void {
    this.kept.push(request);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    while (this.kept.length > this.#keep || (this.#bytes > maxBytes && this.kept.length > 1)) {
      this.kept.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
  }
}
