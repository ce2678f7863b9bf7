import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumFits } from './checksum.ts';
import { headerBlock } from './header-block.test-support.ts';

/** The rule byte by byte, with bytes as they are and as signed numbers. */
function sums(block: Uint8Array): readonly [unsigned: number, signed: number] {
  const bytes = Array.from(block, (byte, at) => (at >= 148 && at < 156 ? 0x20 : byte));
  const sum = (of: (byte: number) => number): number => bytes.reduce((total, byte) => total + of(byte), 0);
  return [sum((byte) => byte), sum((byte) => (byte > 127 ? byte - 256 : byte))];
}

describe('checksumFits', () => {
  it('takes the sum of bytes, signed or not, and nothing else', () => {
    const block = fc.uint8Array({ minLength: 512, maxLength: 512 });
    fc.assert(
      fc.property(block, fc.integer({ min: -300, max: 300 }), (bytes, off) => {
        const header = headerBlock(bytes);
        const fits = sums(bytes);
        const stated = fits[0] + off;
        expect(fits.map((sum) => checksumFits(header, sum))).toEqual([true, true]);
        expect(checksumFits(header, stated)).toBe(fits.includes(stated));
      }),
    );
  });

  it('adds up a block of the highest bytes', () => {
    const highest = headerBlock(new Uint8Array(512).fill(0xff));
    expect(checksumFits(highest, 504 * 255 + 8 * 32)).toBe(true);
    expect(checksumFits(highest, undefined)).toBe(false);
  });
});
