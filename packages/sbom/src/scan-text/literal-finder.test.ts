import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralFinder } from './literal-finder.ts';

type Hit = readonly [literal: number, at: number];

function hitsOf(literals: readonly string[], bytes: Uint8Array, from = 0, to: number = bytes.length): Hit[] {
  const hits: Hit[] = [];
  new LiteralFinder(literals).find(bytes, from, to, (literal, at) => hits.push([literal, at]));
  return hits.sort(([a, atA], [b, atB]) => atA - atB || a - b);
}

function plainHits(literals: readonly string[], text: string, from: number, to: number): Hit[] {
  const lower = text.toLowerCase();
  const hits: Hit[] = [];
  for (let at = from; at < to; at += 1) {
    for (const [index, literal] of literals.entries()) {
      if (lower.startsWith(literal.toLowerCase(), at)) hits.push([index, at]);
    }
  }
  return hits;
}

describe('LiteralFinder', () => {
  it('finds what a plain search finds, at any address, in any part, for any literals', () => {
    const characters = fc.constantFrom('a', 'A', 'b', 'B', '-', '[');
    const literal = fc.string({ unit: characters, minLength: 3, maxLength: 6 });
    const text = fc.string({ unit: characters, maxLength: 60 });
    const literals = fc.array(literal, { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(literals, text, fc.nat(60), fc.nat(60), fc.nat(3), (wanted, input, a, b, shift) => {
        const [from, to] = [Math.min(a, b, input.length), Math.min(Math.max(a, b), input.length)];
        const bytes = Buffer.concat([Buffer.alloc(shift, 'a'), Buffer.from(input), Buffer.from('aaa')]);
        const part = bytes.subarray(shift, shift + input.length);
        expect(hitsOf(wanted, part, from, to)).toEqual(plainHits(wanted, input, from, to));
      }),
    );
  }, 30_000);

  it('finds literals in texts of many blocks', () => {
    const text = Buffer.alloc(100_000, 'x');
    const places = [0, 8_189, 8_190, 8_191, 8_192, 8_193, 16_384, 50_001, 99_992];
    for (const at of places) text.write('abcdefgh', at);
    const found: number[] = [];
    new LiteralFinder(['abcdefgh']).find(text, 0, text.length, (_, at) => found.push(at));
    expect(found).toEqual(places.filter((at) => text.toString('latin1', at, at + 8) === 'abcdefgh'));
    expect(found).toContain(8_193);
  });

  it('reports literals by position', () => {
    const hits: number[] = [];
    const text = Buffer.from('zzz aaa zzz aaa'.repeat(50));
    new LiteralFinder(['aaa', 'zzz', 'a z']).find(text, 0, text.length, (_, at) => hits.push(at));
    expect(hits).toEqual([...hits].sort((a, b) => a - b));
  });

  it('finds nothing without literals', () => {
    expect(hitsOf([], Buffer.from('abc'))).toEqual([]);
  });

  it.each(['ab', 'käse', 'a\nb'])('refuses %j', (literal) => {
    expect(() => new LiteralFinder([literal])).toThrow(RangeError);
  });
});
