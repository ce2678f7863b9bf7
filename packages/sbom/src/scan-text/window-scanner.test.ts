import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralFinder } from './literal-finder.ts';
import { type TextWindow, WindowScanner } from './window-scanner.ts';

const literals = ['aaa', 'abc', 'key='];
const finder = new LiteralFinder(literals);

interface Seen {
  readonly literal: number;
  readonly at: number;
  readonly line: number;
  readonly text: string;
}

function scan(chunks: readonly Uint8Array[], size?: number, limit = Number.POSITIVE_INFINITY) {
  const seen: Seen[] = [];
  const onHit = (literal: number, window: TextWindow): boolean => {
    const { bytes, from, at, to, offset } = window;
    const line = window.lineAt(at);
    seen.push({ literal, at: offset + at, line, text: bytes.toString('latin1', from, to) });
    // Looks back as well: a rule may want the line of something in front of the literal.
    expect(window.lineAt(from)).toBeLessThanOrEqual(line);
    return seen.length < limit;
  };
  const scanner = new WindowScanner({ finder, before: 5, after: 12, ...(size !== undefined && { size }), onHit });
  const pushed = chunks.every((chunk) => scanner.push(chunk));
  scanner.end();
  return { seen, pushed };
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] as number;
    chunks.push(bytes.subarray(start, start + length));
    start += length;
  }
  return chunks;
}

/** A text that is longer than the buffer of the scanner, with literals at every place. */
const long = fc
  .array(fc.constantFrom('a', 'b', 'c', '\n', 'key=', 'abc', 'ä', 'x'.repeat(40_000)), { maxLength: 200 })
  .map((parts) => Buffer.from(parts.join('')));

describe('WindowScanner', () => {
  it('shows the same windows and lines however the text is cut', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(long, lengths, (bytes, cuts) => {
        const text = bytes.toString('latin1');
        const { seen } = scan(cut(bytes, cuts));
        const expected: Seen[] = [];
        for (let at = 0; at < text.length; at += 1) {
          for (const [literal, value] of literals.entries()) {
            if (!text.startsWith(value, at)) continue;
            const line = text.slice(0, at).split('\n').length;
            expected.push({ literal, at, line, text: text.slice(Math.max(0, at - 5), at + 12) });
          }
        }
        expect(seen).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('needs no more buffer than the text has bytes', () => {
    expect(scan(cut(Buffer.from('x key=1'), [1]), 7).seen).toEqual([{ literal: 2, at: 2, line: 1, text: 'x key=1' }]);
    expect(scan([], 0).seen).toEqual([]);
    expect(() => scan([Buffer.from('longer')], 3)).toThrow('longer');
  });

  it('ends where it was told to, and takes no more', () => {
    const text = Buffer.from('key= '.repeat(60_000));
    const { seen, pushed } = scan(cut(text, [65_536]), undefined, 2);
    expect(seen).toHaveLength(2);
    expect(pushed).toBe(false);
  });

  it('refuses a window that cannot hold a literal', () => {
    expect(() => new WindowScanner({ finder, before: 0, after: 3, onHit: () => true })).toThrow(RangeError);
  });
});
