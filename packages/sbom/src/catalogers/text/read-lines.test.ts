import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LineLimits, readLines, splitLines } from './read-lines.ts';

const wide: LineLimits = { lineBytes: 1_000_000, totalBytes: 1_000_000 };

async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.slice(start, start + length);
}

async function linesOf(text: string | Uint8Array, limits: LineLimits = wide, chunkLength = 7) {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const lines: string[] = [];
  const end = await readLines(chunksOf(bytes, chunkLength), limits, (line) => void lines.push(line));
  return { lines, end };
}

describe('readLines', () => {
  it('gives the same lines however the text is cut into chunks, and the same as splitLines', async () => {
    const text = fc
      .array(fc.oneof(fc.constantFrom('\n', '\r\n', '\u{feff}', 'ä€😀'), fc.string()))
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 20 }), async (input, chunkLength) => {
        const expected: string[] = [];
        splitLines(input.toWellFormed(), (line) => void expected.push(line));
        const { lines, end } = await linesOf(input, wide, chunkLength);
        expect(lines).toEqual(expected);
        expect(end).toBe('end');
      }),
    );
  });

  it('gives the last line although no line feed ends it, and none for an empty text', async () => {
    expect((await linesOf('a\nb')).lines).toEqual(['a', 'b']);
    expect((await linesOf('a\n')).lines).toEqual(['a']);
    expect((await linesOf('')).lines).toEqual([]);
  });

  it('replaces bytes that are not UTF-8 and keeps the rest', async () => {
    const { lines } = await linesOf(new Uint8Array([0x61, 0xff, 0x62, 0x0a, 0x63]));
    expect(lines).toEqual(['a\u{fffd}b', 'c']);
  });

  it('cuts a line at its limit, whether it lies in one chunk or in many', async () => {
    const text = `${'x'.repeat(100)}\nnext\n`;
    for (const chunkLength of [3, 500]) {
      const { lines } = await linesOf(text, { lineBytes: 10, totalBytes: 1_000 }, chunkLength);
      expect(lines).toEqual(['x'.repeat(10), 'next']);
    }
  });

  it('stops at the limit of the whole text and says so', async () => {
    const { lines, end } = await linesOf('aaaa\nbbbb\ncccc\n', { lineBytes: 100, totalBytes: 10 }, 5);
    expect({ lines, end }).toEqual({ lines: ['aaaa', 'bbbb'], end: 'too-large' });
  });

  it('closes the source when the receiver has enough', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new TextEncoder().encode('line\n');
      } finally {
        closed = true;
      }
    }
    let lines = 0;
    const end = await readLines(endless(), { ...wide, totalBytes: Number.POSITIVE_INFINITY }, () => {
      lines += 1;
      return lines < 3;
    });
    expect({ end, lines, closed }).toEqual({ end: 'stopped', lines: 3, closed: true });
  });

  it('does not depend on the memory of a chunk after it was handed over', async () => {
    const shared = new Uint8Array(4);
    async function* reusing(): AsyncGenerator<Uint8Array> {
      for (const text of ['abcd', 'efgh', '\nijk']) {
        shared.set(new TextEncoder().encode(text));
        yield shared;
      }
    }
    const lines: string[] = [];
    await readLines(reusing(), wide, (line) => void lines.push(line));
    expect(lines).toEqual(['abcdefgh', 'ijk']);
  });
});

describe('splitLines', () => {
  it('ends when the receiver has enough', () => {
    const lines: string[] = [];
    splitLines('a\nb\nc', (line) => {
      lines.push(line);
      return lines.length < 2;
    });
    expect(lines).toEqual(['a', 'b']);
  });
});
