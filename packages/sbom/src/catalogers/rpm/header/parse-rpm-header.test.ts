import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SbomError } from '../../../sbom-error.ts';
import { parseRpmHeader } from './parse-rpm-header.ts';
import { packageHeader, uint32, writeHeader } from './rpm-header.test-support.ts';

const header = writeHeader([
  [63, new Uint8Array(16).fill(7)],
  [1000, 'bash'],
  [1004, { i18n: ['summary', 'Zusammenfassung'] }],
  [1117, ['a', '', 'ü€']],
  [1, { int8: [1, 255] }],
  [2, { int16: [513] }],
  [3, { int32: [1, 0xffff_ffff] }],
  [4, { int64: [2 ** 40] }],
]);

describe('parseRpmHeader', () => {
  it('gives every type of tag by its number', () => {
    const { text, texts, numbers, bytes } = parseRpmHeader(header);
    expect([text(1000), text(1004), text(1117), text(9)]).toEqual(['bash', 'summary', 'a', undefined]);
    expect([...(texts(1117) ?? [])]).toEqual(['a', '', 'ü€']);
    expect([...(texts(1004) ?? [])]).toEqual(['summary', 'Zusammenfassung']);
    expect([...(texts(1000) ?? [])]).toEqual(['bash']);
    expect([1, 2, 3, 4].map((tag) => numbers(tag)?.at(0))).toEqual([1, 513, 1, 2 ** 40]);
    expect([numbers(1)?.at(1), numbers(3)?.at(1), numbers(3)?.at(2), numbers(3)?.length]).toEqual([
      ...[255, 0xffff_ffff, undefined, 2],
    ]);
    expect(bytes(63)).toHaveLength(16);
  });

  it('has nothing for a tag of another type', () => {
    const { text, texts, numbers, bytes } = parseRpmHeader(header);
    expect([text(3), texts(3), numbers(1000), numbers(63), bytes(1000), bytes(3)]).toEqual(Array(6).fill(undefined));
  });

  it('takes the later of two, which the installation added', () => {
    const twice = writeHeader([
      [1008, { int32: [1] }],
      [1008, { int32: [2] }],
    ]);
    expect(parseRpmHeader(twice).numbers(1008)?.at(0)).toBe(2);
  });

  it('reads a header with its magic, as package files have it', () => {
    const file = Buffer.concat([Buffer.from('8eade80100000000', 'hex'), header]);
    expect(parseRpmHeader(file).text(1000)).toBe('bash');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no entries', uint32(0, 0)],
    ['more entries than bytes', uint32(1000, 0)],
    ['more entries than rpm allows', uint32(70_000, 0)],
    ['more data than bytes', uint32(1, 100, 1000, 6, 0, 1)],
    ['an entry beyond the data', uint32(1, 0, 1000, 6, 1, 1)],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseRpmHeader(bytes)).toThrow(SbomError);
  });

  it('refuses data that has no end when it is asked for it', () => {
    const unending = parseRpmHeader(Buffer.concat([uint32(1, 2, 1000, 6, 0, 1), Buffer.from('ab')]));
    expect(() => unending.text(1000)).toThrow('[MALFORMED] rpm header: a text of tag 1000 has no end');
    const many = parseRpmHeader(Buffer.concat([uint32(1, 2, 1117, 8, 0, 5), Buffer.from('a\0')]));
    expect(() => [...(many.texts(1117) ?? [])]).toThrow(SbomError);
    const numbers = parseRpmHeader(Buffer.concat([uint32(1, 4, 1003, 4, 0, 2), uint32(1)]));
    expect(() => numbers.numbers(1003)).toThrow('tag 1003 goes beyond its end');
  });

  it('throws its own error and nothing else, whatever is in the bytes', () => {
    const seed = packageHeader({ name: 'a', provides: ['b', 'c'], files: ['/x/y', '/x/z'] });
    const mutations = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(mutations, (changes) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { text, texts, numbers, bytes: blob } = parseRpmHeader(bytes);
          for (const tag of [1000, 1001, 1047, 1116, 1117, 1118]) {
            text(tag);
            for (const _ of texts(tag) ?? []);
            numbers(tag)?.at(1);
            blob(tag);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SbomError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
