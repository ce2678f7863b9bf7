import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cataloger, Selection } from '../catalog/cataloger.ts';
import type { EntryKind } from '../catalog/layer-event.ts';
import { selectsPath } from '../catalog/path-selection.ts';
import { createSelector } from './selector.ts';
import { emptyHash, withUnit } from './slice-index.ts';

const catalogersOf = (selections: readonly Selection[]): Cataloger[] =>
  selections.map((select, index) => ({
    ...{ name: `c${index}`, version: '1', select },
    ...{ extract: async () => undefined, assemble: () => [] },
  }));

// Few letters, so that names meet; some whose lower case is of another length, or of ASCII where they are not.
const letter = fc.constantFrom(
  'a',
  'A',
  'b',
  '.',
  '-',
  'k',
  '\u212a',
  '\u0130',
  'i',
  '\u0307',
  'é',
  'É',
  'Σ',
  'σ',
  'ς',
);
const name = fc.string({ unit: letter, maxLength: 4 });
const suffix = fc.oneof(
  fc.string({ unit: letter, maxLength: 3 }).map((text) => `.${text}`),
  name,
);
const selection: fc.Arbitrary<Selection> = fc.record(
  {
    names: fc.array(name, { maxLength: 3 }),
    suffixes: fc.array(suffix, { maxLength: 3 }),
    directories: fc.array(name, { maxLength: 3 }),
    path: fc.constantFrom<NonNullable<Selection['path']>>(
      () => true,
      (path) => path.length % 2 === 0,
      (_, kind) => kind === 'file',
    ),
  },
  { requiredKeys: [] },
);
const kind = fc.constantFrom<EntryKind>('file', 'directory', 'symlink', 'hardlink', 'special');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

/** Two names of one hash, found by trying: among 2^30 hashes two of 50 000 meet more often than not. */
function equalHashes(): [string, string] {
  const seen = new Map<number, string>();
  for (let number = 0; ; number += 1) {
    const text = `n${number}`;
    const hash = Array.from(text).reduceRight((sum, unit) => withUnit(sum, unit.charCodeAt(0)), emptyHash);
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
}

describe('createSelector', () => {
  it('selects what asking each cataloger by itself would, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(selection, { maxLength: 8 }),
        fc.array(fc.tuple(path, kind), { minLength: 1, maxLength: 20 }),
        (selections, entries) => {
          const catalogers = catalogersOf(selections);
          const selector = createSelector(catalogers);
          for (const [entry, entryKind] of entries) {
            const expected = catalogers.filter(({ select }) => selectsPath(select, entry, entryKind));
            expect(selector.byPath(entry, entryKind)).toEqual(expected);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes a name for itself alone, whatever has its hash', () => {
    const [wanted, other] = equalHashes();
    const [byName, byDirectory] = catalogersOf([{ names: [wanted] }, { directories: [wanted] }]) as [
      Cataloger,
      Cataloger,
    ];
    const selector = createSelector([byName, byDirectory]);
    expect(selector.byPath(`a/${wanted}`, 'file')).toEqual([byName]);
    expect(selector.byPath(`${wanted}/x`, 'file')).toEqual([byDirectory]);
    expect(selector.byPath(`a/${other}`, 'file')).toEqual([]);
    expect(selector.byPath(`${other}/x`, 'file')).toEqual([]);
  });

  it('asks no cataloger about an entry whose name it did not give', () => {
    const path = (): boolean => expect.unreachable('it was asked');
    const selector = createSelector(
      catalogersOf([{ names: ['package.json'], suffixes: ['.jar'], directories: ['status.d'], path }]),
    );
    expect(selector.byPath('usr/share/doc/package.json.txt', 'file')).toEqual([]);
    expect(selector.byPath('status.d', 'directory')).toEqual([]);
  });

  it('gives one and the same empty list for all that nobody wants', () => {
    const selector = createSelector(catalogersOf([{ names: ['package.json'], suffixes: ['.jar'] }]));
    expect(selector.byPath('a/b', 'file')).toBe(selector.byPath('c/d.txt', 'file'));
  });
});
