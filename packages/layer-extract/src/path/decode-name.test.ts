import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName } from './decode-name.ts';

/** The bytes that a decoded name came from. */
function encodeName(name: string): Buffer {
  const parts = Array.from(name, (char) => {
    const code = char.codePointAt(0)!;
    return code >= 0x10fe80 && code <= 0x10feff ? Buffer.from([code - 0x10fe00]) : Buffer.from(char);
  });
  return Buffer.concat(parts);
}

describe('decodeName', () => {
  it('reads UTF-8', () => {
    expect(decodeName('plain')).toBe('plain');
    expect(decodeName(Buffer.from('größe/日本/😀').toString('latin1'))).toBe('größe/日本/😀');
  });

  it('keeps latin-1 names apart', () => {
    expect(decodeName('caf\xe9')).not.toBe(decodeName('caf\xe8'));
    expect(decodeName('caf\xe9')).toBe('caf\u{10fee9}');
  });

  it('gives every byte string a name of its own', () => {
    const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0xf4, 0x8f, 0xbb, 0xa9, 0xc3, 0xe2, 0x82));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 24 }), (values) => {
        const bytes = Buffer.from(values);
        expect(encodeName(decodeName(bytes.toString('latin1'))).equals(bytes)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
