import { describe, expect, it } from 'vitest';
import { SpentChunks } from './spent-chunks.ts';

describe('SpentChunks', () => {
  const spend = (chunks: readonly Uint8Array[], { owned = true, lent = -1 } = {}): void => {
    const spent = new SpentChunks(() => owned);
    for (const [index, chunk] of chunks.entries()) spent.add(chunk, index === lent);
  };
  const pieces = (buffer: ArrayBuffer, ...ends: number[]): Uint8Array[] =>
    ends.map((end, index) => new Uint8Array(buffer, ends[index - 1] ?? 0, end - (ends[index - 1] ?? 0)));

  it('gives a buffer back once its last byte was passed, not before', () => {
    const buffer = new ArrayBuffer(100);
    spend(pieces(buffer, 40, 70));
    expect(buffer.detached).toBe(false);
    spend(pieces(buffer, 40, 70, 100));
    expect(buffer.detached).toBe(true);
  });

  it('leaves a buffer alone of which a view was handed out, whichever', () => {
    for (const lent of [0, 1, 2]) {
      const buffer = new ArrayBuffer(100);
      spend(pieces(buffer, 40, 70, 100), { lent });
      expect(buffer.detached).toBe(false);
    }
  });

  it('leaves a buffer alone of which it has not seen every byte', () => {
    const buffer = new ArrayBuffer(100);
    spend(pieces(buffer, 40, 70, 100).slice(1));
    spend([new Uint8Array(buffer, 0, 40), new Uint8Array(buffer, 50, 50)]);
    spend([new Uint8Array(buffer, 0, 40), new Uint8Array(10), new Uint8Array(buffer, 40, 60)]);
    expect(buffer.detached).toBe(false);
  });

  it('leaves the buffers of others alone, and those of shared memory', () => {
    const buffer = new ArrayBuffer(100);
    spend(pieces(buffer, 100), { owned: false });
    expect(buffer.detached).toBe(false);
    expect(() => spend([new Uint8Array(new SharedArrayBuffer(100)), new Uint8Array(0)])).not.toThrow();
  });
});
