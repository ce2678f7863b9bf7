import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../reflect/read-all.test-support.ts';
import { splitLines } from './split-lines.ts';

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

describe('splitLines', () => {
  it('gives the same lines however the bytes are cut', async () => {
    const lines = fc.array(
      fc.string({ unit: 'binary' }).filter((line) => !line.includes('\n')),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.array(fc.nat(9)), fc.string(), async (texts, sizes, cut) => {
        const wellFormed = texts.map((line) => line.toWellFormed());
        const bytes = Buffer.from(`${wellFormed.map((line) => `${line}\n`).join('')}${cut.replaceAll('\n', '')}`);
        const read = await readAll(splitLines(chunks(bytes, sizes), 1000, () => new Error('too long')));
        expect(read).toEqual(wellFormed.filter((line) => line !== ''));
      }),
    );
  });

  it('stops at a line over the limit, also one without an end', async () => {
    const read = (text: string) =>
      readAll(splitLines(chunks(Buffer.from(text), [1, 1]), 4, () => new Error('too long')));
    expect(await read('1234\n1234\n')).toEqual(['1234', '1234']);
    await expect(read('12345\n')).rejects.toThrow('too long');
    await expect(read('12345')).rejects.toThrow('too long');
  });

  it('joins very many small chunks', async () => {
    const bytes = Buffer.from(`${'x'.repeat(10_000)}\n`);
    const read = await readAll(splitLines(chunks(bytes, Array(10_001).fill(1)), 20_000, () => new Error()));
    expect(read).toEqual(['x'.repeat(10_000)]);
  });
});
