import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { isFormattedCpe } from '../../encode/cpe.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { classifierCataloger } from './cataloger.ts';
import { binaryClasses } from './classes/binary-classes.ts';
import { cpeName } from './cpe-name.ts';

const inventory = (...layers: readonly TestLayer[]) => inventoryOf(layers, [classifierCataloger as Cataloger]);
const program = (text: string): Uint8Array =>
  elfImage({ sections: [{ name: '.rodata', content: Buffer.from(text, 'latin1') }] });
const nginx = (version: string): Uint8Array => program(`\0nginx version: nginx/${version}\0`);

describe('classifierCataloger', () => {
  it('makes a package of a program, with the names that vulnerability databases know it under', async () => {
    const { packages, problems } = await inventory({ 'opt/nginx/sbin/nginx': nginx('1.25.1') });
    expect(problems).toEqual([]);
    expect(packages).toMatchObject([
      {
        ...{ purl: 'pkg:generic/nginx@1.25.1', class: 'binary', cataloger: 'classifier' },
        cpes: ['cpe:2.3:a:f5:nginx:1.25.1:*:*:*:*:*:*:*', 'cpe:2.3:a:nginx:nginx:1.25.1:*:*:*:*:*:*:*'],
        details: { classifier: 'nginx' },
      },
    ]);
  });

  it('looks at programs of other systems too, and not at texts, links and directories of the same name', async () => {
    const pe = Buffer.alloc(200);
    pe.write('MZ', 0, 'latin1');
    pe.writeUInt32LE(64, 0x3c);
    pe.write('PE\0\0', 64, 'latin1');
    pe.write('\0node.js/v22.1.0\0', 100, 'latin1');
    const { packages } = await inventory({
      'node.exe': pe,
      'usr/share/bash-completion/completions/curl': 'curl/8.0.0',
      'usr/bin/nginx': { link: '../../sbin/nginx' },
      node: { directory: true },
      'bin/other': nginx('1.25.1'),
      'bin/tiny/nginx': Uint8Array.of(0x7f, 0x45, 0x4c, 0x46),
      'bin/elixir': program('ELIXIR_VERSION=1.14.0'),
    });
    expect(packages.map(({ purl }) => purl)).toEqual(['pkg:generic/node@22.1.0']);
  });

  it('says where each is and since when, once for all places of a version', async () => {
    const found = await inventory(
      { 'a/nginx': nginx('1.24.0'), 'b/nginx': nginx('1.25.1') },
      { 'a/nginx': nginx('1.25.1') },
      { 'a/nginx': nginx('1.25.1') },
    );
    expect(placesOf(found)).toEqual([
      { name: 'nginx', path: 'a/nginx', layer: 2, introducedIn: 1 },
      { name: 'nginx', path: 'b/nginx', layer: 0, introducedIn: 0 },
    ]);
  });

  it('takes the version of a program from the library it is linked to, the nearest of several, through links', async () => {
    const { packages } = await inventory(
      {
        'opt/a/lib/libruby.so.3.2.1': program('ruby 3.2.1 (2023-02-08 revision 31819e82c8) [x86_64-linux]'),
        'opt/a/lib/libruby.so.3.2': { link: 'libruby.so.3.2.1' },
        'opt/b/lib/libruby.so.3.2.4': program('ruby 3.2.4 (2024-04-23 revision af471c0e01) [x86_64-linux]'),
        'opt/b/lib/libruby.so.3.2': { link: 'libruby.so.3.2.4' },
        'bin/bzip2': program('\0libbz2.so.1\0'),
      },
      {
        'opt/b/bin/ruby': program('\0libruby.so.3.2\0'),
        'bin/bzip2': program('rebuilt\0libbz2.so.1\0'),
        'opt/lonely/ruby': program('\0libruby.so.9.9\0'),
        'lib/libbz2.so.1': program('\x001.0.8, 13-Jul-2019\0'),
      },
    );
    const ruby = packages.find(({ version }) => version === '3.2.4');
    expect(ruby?.occurrences.map(({ path }) => path)).toEqual(['opt/b/bin/ruby', 'opt/b/lib/libruby.so.3.2.4']);
    expect(ruby?.details).toMatchObject({ library: 'opt/b/lib/libruby.so.3.2.4' });
    expect(packages.find(({ name }) => name === 'bzip2')?.occurrences).toMatchObject([
      { path: 'bin/bzip2', layer: 1, introducedIn: 1 },
      { path: 'lib/libbz2.so.1', layer: 1, introducedIn: 1 },
    ]);
    expect(packages.flatMap(({ occurrences }) => occurrences.map(({ path }) => path))).not.toContain('opt/lonely/ruby');
  });

  it('keeps what is written in Go under the path of its module', async () => {
    const { packages } = await inventory({ 'usr/bin/helm': program('helm.sh/helm/v3\0\0v3.12.0\0\0') });
    expect(packages[0]?.purl).toBe('pkg:golang/helm.sh/helm@v3.12.0');
    expect(packages[0]?.cpes).toEqual(['cpe:2.3:a:helm:helm:3.12.0:*:*:*:*:*:*:*']);
  });

  it('takes a program for what several layers agree that it is linked to', async () => {
    const { packages } = await inventory(
      { 'bin/sqlite3': program('\0libsqlite3.so.0\0'), 'lib/libsqlite3.so.0': program('SQLite format 3\x003.40.1\0') },
      { 'bin/sqlite3': program('rebuilt\0libsqlite3.so.0\0') },
    );
    expect(packages.flatMap(({ occurrences }) => occurrences)).toMatchObject([
      { path: 'bin/sqlite3', layer: 1, introducedIn: 0 },
      { path: 'lib/libsqlite3.so.0', layer: 0, introducedIn: 0 },
    ]);
  });

  it('says where it could not look at all of a file', async () => {
    const { packages, problems } = await inventory({ 'bin/bash': program('@(#)Bash version '.repeat(60_000)) });
    expect(packages).toEqual([]);
    expect(problems).toMatchObject([{ path: 'bin/bash', code: 'too-large' }]);
  });
});

describe('binaryClasses', () => {
  it('have ids of their own', () => {
    expect(new Set(binaryClasses.map(({ id }) => id)).size).toBe(binaryClasses.length);
  });

  it('name products as CPE does', () => {
    for (const product of binaryClasses.flatMap(({ cpes }) => cpes)) {
      expect(cpeName(product, '1.2.3-rc1+x'), product).toSatisfy(isFormattedCpe);
    }
  });

  it('replace classes that are there', () => {
    const ids = binaryClasses.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(binaryClasses.flatMap(({ insteadOf = [] }) => insteadOf)));
  });
});
