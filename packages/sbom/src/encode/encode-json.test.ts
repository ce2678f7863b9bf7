import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeJson } from './encode-json.ts';
import { testInventory, testPackage } from './inventory.test-support.ts';
import { jsonChunks } from './json-chunks.ts';

describe('jsonChunks', () => {
  it('writes what JSON.stringify would, for any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(JSON.parse(Array.from(jsonChunks(value)).join(''))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('begins a line for each member and each element, and leaves absent members out', () => {
    function* elements(): Iterable<number> {
      yield 1;
      yield 2;
    }
    const text = Array.from(jsonChunks({ a: 'x', none: undefined, empty: [], list: elements() })).join('');
    expect(text).toBe('{\n"a":"x",\n"empty":[],\n"list":[\n1,\n2\n]\n}\n');
  });
});

describe('encodeJson', () => {
  it('gives a large inventory in pieces', () => {
    const packages = Array.from({ length: 5_000 }, (_, index) => testPackage(`package-${index}`));
    const inventory = testInventory({ packages });
    const chunks = Array.from(encodeJson(inventory));
    expect(chunks.length).toBeGreaterThan(10);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(70 * 1024);
    expect(JSON.parse(chunks.join(''))).toEqual(inventory);
  });
});
