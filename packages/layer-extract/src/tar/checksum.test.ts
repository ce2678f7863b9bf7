import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumFits } from './checksum.ts';

/** The rule byte by byte, with bytes as they are and as signed numbers. */
function sums(block: Uint8Array): readonly [unsigned: number, signed: number] {
  const bytes = Array.from(block, (byte, at) => (at >= 148 && at < 156 ? 0x20 : byte));
  const sum = (of: (byte: number) => number): number => bytes.reduce((total, byte) => total + of(byte), 0);
  return [sum((byte) => byte), sum((byte) => (byte > 127 ? byte - 256 : byte))];
}

describe('checksumFits', () => {
  it('takes the sum of bytes, signed or not, and nothing else, wherever a block lies', () => {
    const block = fc.uint8Array({ minLength: 515, maxLength: 515 });
    fc.assert(
      fc.property(block, fc.integer({ min: 0, max: 3 }), fc.integer({ min: -300, max: 300 }), (bytes, start, off) => {
        const header = bytes.subarray(start, start + 512);
        const fits = sums(header);
        const stated = fits[0] + off;
        expect(fits.map((sum) => checksumFits(header, sum))).toEqual([true, true]);
        expect(checksumFits(header, stated)).toBe(fits.includes(stated));
      }),
    );
  });

  it('adds up a block of the highest bytes', () => {
    const highest = new Uint8Array(512).fill(0xff);
    expect(checksumFits(highest, 504 * 255 + 8 * 32)).toBe(true);
    expect(checksumFits(highest, undefined)).toBe(false);
  });
});
