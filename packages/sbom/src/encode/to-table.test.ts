import { describe, expect, it } from 'vitest';
import { testInventory, testPackage } from './inventory.test-support.ts';
import { printable } from './printable.ts';
import { purls } from './purls.ts';
import { summarize } from './summarize.ts';
import { toTable } from './to-table.ts';

const inventory = testInventory({
  packages: [
    testPackage('zlib1g', { version: '1:1.2.13', architecture: 'amd64' }),
    testPackage('core', {
      ...{ type: 'npm', class: 'language', namespace: '@babel', purl: 'pkg:npm/%40babel/core@1' },
      occurrences: [
        { path: 'a/package.json', layer: 1, introducedIn: 1 },
        { path: 'b/package.json', layer: 0, introducedIn: 0 },
      ],
    }),
    testPackage('adduser'),
  ],
});

describe('toTable', () => {
  it('has a line for each package, sorted by name, however many places it lies in', () => {
    expect(toTable(inventory)).toBe(
      [
        'NAME         VERSION   TYPE',
        '@babel/core  1         npm',
        'adduser      1         deb',
        'zlib1g       1:1.2.13  deb',
        '',
      ].join('\n'),
    );
  });

  it('has the columns that were asked for', () => {
    expect(toTable(inventory, { columns: ['layer', 'name', 'architecture', 'path'] }).split('\n')[1]).toBe(
      '1      @babel/core                /a/package.json',
    );
    expect(toTable(inventory, { columns: ['purl'] }).split('\n')[2]).toBe('pkg:deb/debian/adduser@1');
  });

  it('counts what it leaves out', () => {
    expect(toTable(inventory, { maxRows: 1 }).trimEnd().split('\n').slice(1)).toEqual([
      '@babel/core  1        npm',
      '… and 2 more',
    ]);
  });

  it('leaves out what was recognised in binaries of OS packages, and counts it', () => {
    const place = { layer: 0, introducedIn: 0 };
    const binary = { class: 'binary', type: 'generic', purl: 'pkg:generic/python@3' } as const;
    const shown = { path: 'opt/python', ...place };
    const owned = { path: 'usr/bin/python3', ...place, ownedBy: 'pkg-adduser' };
    const withBinaries = testInventory({
      packages: [
        testPackage('python-own', { ...binary, occurrences: [owned] }),
        testPackage('python-both', { ...binary, occurrences: [shown, owned] }),
        testPackage('gem-owned', { class: 'language', type: 'gem', occurrences: [owned] }),
      ],
    });
    expect(toTable(withBinaries).split('\n')).toEqual([
      'NAME         VERSION  TYPE',
      'gem-owned    1        gem',
      'python-both  1        generic',
      '… and 1 recognised in binaries of OS packages',
      '',
    ]);
    expect(toTable(withBinaries, { showOwned: true })).toContain('\npython-own ');
    expect(purls(withBinaries)).toEqual(['pkg:deb/debian/gem-owned@1', 'pkg:generic/python@3']);
  });

  it('has a heading where there is nothing else', () => {
    expect(toTable(testInventory())).toBe('NAME  VERSION  TYPE\n');
  });

  it('lets no package write to the terminal, nor break its line', () => {
    const hostile = testInventory({
      packages: [testPackage('a\u{1b}[2J\r\nb\u{202e}\u{9b}31m', { version: '1\u{0}' })],
    });
    const table = toTable(hostile);
    expect(table.split('\n')).toHaveLength(3);
    expect(table).toContain('a\\u{1b}[2J\\u{d}\\u{a}b\\u{202e}\\u{9b}31m');
    expect(table).toContain('1\\u{0}');
  });

  it('does not become as wide as the longest name', () => {
    const wide = testInventory({ packages: [testPackage('x'.repeat(500)), testPackage('b')] });
    expect(toTable(wide).split('\n')[1]?.length).toBeLessThan(100);
  });
});

describe('printable', () => {
  it('leaves text in any script alone', () => {
    expect(printable('größe 大小 😀 a+b~1')).toBe('größe 大小 😀 a+b~1');
  });
});

describe('summarize', () => {
  it('counts packages by type, the most frequent first', () => {
    expect(summarize(inventory)).toEqual({
      packages: 3,
      byType: [
        { type: 'deb', packages: 2 },
        { type: 'npm', packages: 1 },
      ],
      ...{ files: 0, models: 0, secrets: 0, problems: 0, complete: true },
    });
  });
});

describe('purls', () => {
  it('are sorted, each once', () => {
    const doubled = testInventory({ packages: [...inventory.packages, ...inventory.packages] });
    expect(purls(doubled)).toEqual(['pkg:deb/debian/adduser@1', 'pkg:deb/debian/zlib1g@1', 'pkg:npm/%40babel/core@1']);
  });
});
