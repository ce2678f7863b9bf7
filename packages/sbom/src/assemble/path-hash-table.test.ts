import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOwnedPaths, OwnedPaths } from '../catalogers/owned-path.ts';
import { PathHashTable } from './path-hash-table.ts';

const hashesOf = (names: Iterable<string>): BigUint64Array => {
  const owned = new OwnedPaths();
  for (const name of names) owned.add(name);
  return decodeOwnedPaths(owned.encode());
};

const found = (table: PathHashTable, names: Iterable<string>): string[] => {
  const paths: string[] = [];
  table.lookUp(hashesOf(names), (path) => void paths.push(path));
  return paths.sort();
};

describe('PathHashTable', () => {
  it('finds the paths that a list names, and no others', () => {
    const path = fc
      .string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 5 })
      .map((text) => `x${text}x`);
    fc.assert(
      fc.property(fc.uniqueArray(path), fc.uniqueArray(path), (paths, names) => {
        const table = new PathHashTable();
        for (const added of paths) table.add(added);
        expect(found(table, names)).toEqual(paths.filter((added) => names.includes(added)).sort());
      }),
    );
  });

  it('grows with what is added', () => {
    const paths = Array.from({ length: 10_000 }, (_, index) => `usr/lib/${index}`);
    const table = new PathHashTable();
    for (const path of paths) table.add(path);
    expect(found(table, paths)).toEqual([...paths].sort());
    expect(found(table, ['usr/lib/10000'])).toEqual([]);
  });

  it('finds a path by any of its names', () => {
    const table = new PathHashTable();
    table.add('usr/lib/a');
    table.add('usr/lib/a', 'lib/a');
    expect(found(table, ['lib/a'])).toEqual(['usr/lib/a']);
    expect(found(table, ['/usr/lib/a', 'lib/a'])).toEqual(['usr/lib/a', 'usr/lib/a']);
  });
});
