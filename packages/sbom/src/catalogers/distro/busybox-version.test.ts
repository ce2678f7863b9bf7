import { describe, expect, it } from 'vitest';
import { busyboxVersion } from './busybox-version.ts';

const pieces: { read: number } = { read: 0 };
async function* inPieces(text: string, length: number): AsyncIterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  pieces.read = 0;
  for (let at = 0; at < bytes.length; at += length) {
    pieces.read += 1;
    yield bytes.subarray(at, at + length);
  }
}

describe('busyboxVersion', () => {
  it('finds the banner however the content is cut', async () => {
    const text = `${'x'.repeat(200)}BusyBox v1.35.0-debian${'y'.repeat(200)}`;
    for (const length of [1, 7, 64, 205, 1_000])
      expect(await busyboxVersion(inPieces(text, length), 1_000)).toBe('1.35.0');
    expect(await busyboxVersion(inPieces('BusyBox v1.2', 3), 1_000)).toBe('1.2');
  });

  it('passes over what only begins like one', async () => {
    expect(await busyboxVersion(inPieces(`BusyBox v%s ${'.'.repeat(99)}BusyBox v1.36.1 `, 50), 1_000)).toBe('1.36.1');
    expect(await busyboxVersion(inPieces('BusyBox is here', 4), 1_000)).toBeUndefined();
  });

  it('reads no more than it may', async () => {
    expect(await busyboxVersion(inPieces('x'.repeat(10_000), 100), 500)).toBeUndefined();
    expect(pieces.read).toBe(5);
  });
});
