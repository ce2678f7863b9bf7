const KiB = 1024;
const MiB = 1024 * KiB;

/** Most programs and libraries are smaller. It is held beside the byte budget, once for each layer that is read. */
const largestKept = 2 * MiB;
const smallest = 256 * KiB;

/**
 * Memory for whole bodies, one after the other. An image has gigabytes of executables: made anew for each, that memory
 * is cleared, faulted in and collected at a cost like that of hashing it.
 */
export class BodyBuffer {
  #memory = new ArrayBuffer(0);
  #lent = false;

  /** Room for a body. What stood there before may still stand there. */
  take(size: number): Uint8Array {
    if (this.#lent || size > largestKept) return new Uint8Array(size);
    if (this.#memory.byteLength < size) {
      this.#memory = new ArrayBuffer(Math.max(smallest, 2 ** Math.ceil(Math.log2(size))));
    }
    this.#lent = true;
    return new Uint8Array(this.#memory, 0, size);
  }

  /** To be called once for each body that was taken, when nobody looks at it any more: its memory is free at once. */
  giveBack(body: Uint8Array): void {
    if (body.buffer === this.#memory) this.#lent = false;
    // Not left to the collector, which waits while the process grows.
    else if (body.buffer instanceof ArrayBuffer && !body.buffer.detached) body.buffer.transfer(0);
  }
}
