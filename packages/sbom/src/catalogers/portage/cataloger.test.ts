import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { npmCataloger } from '../npm/cataloger.ts';
import { portageCataloger } from './cataloger.ts';
import { contentsPath } from './parse-contents.ts';
import { parsePortageDependencies } from './parse-dependencies.ts';
import { parsePortageLicenses } from './parse-licenses.ts';
import { splitVersion } from './split-version.ts';

const inventory = (...layers: TestLayer[]) =>
  inventoryOf(layers, [portageCataloger, npmCataloger] as unknown as readonly Cataloger[]);
const md5 = '0'.repeat(32);

describe('portageCataloger', () => {
  it('makes a package of each directory, with what its files say', async () => {
    const { packages, relationships, complete } = await inventory({
      'var/db/pkg/net-misc/curl-8.7.1-r4/CONTENTS': `obj /usr/bin/curl ${md5} 1700000000\n`,
      'var/db/pkg/net-misc/curl-8.7.1-r4/LICENSE': 'BSD curl ISC\n',
      'var/db/pkg/net-misc/curl-8.7.1-r4/SLOT': '0\n',
      'var/db/pkg/net-misc/curl-8.7.1-r4/SIZE': '8123\n',
      'var/db/pkg/net-misc/curl-8.7.1-r4/repository': 'gentoo\n',
      'var/db/pkg/net-misc/curl-8.7.1-r4/DESCRIPTION': 'A client that groks URLs\n',
      'var/db/pkg/net-misc/curl-8.7.1-r4/HOMEPAGE': 'https://curl.se/ https://example.org/\n',
      'var/db/pkg/net-misc/curl-8.7.1-r4/RDEPEND':
        '>=dev-libs/openssl-3.0:0/3= || ( app-misc/x virtual/y ) !net-misc/old\n',
      'var/db/pkg/dev-libs/openssl-3.0.13/CONTENTS': '',
      'var/db/pkg/virtual/y-0/CONTENTS': 'dir /usr\n',
    });
    expect(packages.map(({ purl }) => purl)).toEqual([
      'pkg:ebuild/dev-libs/openssl@3.0.13',
      'pkg:ebuild/net-misc/curl@8.7.1-r4',
      'pkg:ebuild/virtual/y@0',
    ]);
    expect(packages[1]).toMatchObject({
      ...{ licenses: ['BSD', 'curl', 'ISC'], description: 'A client that groks URLs', homepage: 'https://curl.se/' },
      details: { slot: '0', repository: 'gentoo', installedSize: 8123 },
    });
    const [openssl, curl, y] = packages.map(({ id }) => id);
    expect(relationships).toHaveLength(2);
    expect(relationships).toEqual(
      expect.arrayContaining([
        { type: 'depends-on', from: curl, to: openssl },
        { type: 'depends-on', from: curl, to: y },
      ]),
    );
    expect(complete).toBe(true);
  });

  it('owns the files of its list', async () => {
    const { packages } = await inventory({
      'var/db/pkg/net-libs/nodejs-20.1.0/CONTENTS': `dir /usr\nobj /usr/lib/npm/package.json ${md5} 1\n`,
      'usr/lib/npm/package.json': '{"name":"npm","version":"10.8.0"}',
    });
    const nodejs = packages.find(({ name }) => name === 'nodejs');
    expect(packages.find(({ name }) => name === 'npm')?.occurrences[0]?.ownedBy).toBe(nodejs?.id);
  });

  it('says which layer has a package, and leaves out what is being merged or has no version', async () => {
    const result = await inventory(
      { 'var/db/pkg/a/b-1/CONTENTS': 'dir /x\n' },
      { 'var/db/pkg/a/b-1': null, 'var/db/pkg/a/b-2/CONTENTS': 'dir /x\n' },
      { 'var/db/pkg/a/-MERGING-c-1/CONTENTS': 'dir /x\n', 'var/db/pkg/a/noversion/CONTENTS': 'dir /x\n' },
    );
    expect(placesOf(result)).toEqual([{ name: 'b', path: 'var/db/pkg/a/b-2/CONTENTS', layer: 1, introducedIn: 1 }]);
  });
});

describe('splitVersion', () => {
  it.each([
    ['openssl-3.0.13-r2', 'openssl', '3.0.13-r2'],
    ['gtk+-2.24.33-r3', 'gtk+', '2.24.33-r3'],
    ['foo-bar-1.2_rc3_p1-r1', 'foo-bar', '1.2_rc3_p1-r1'],
    ['font-misc-100dpi-1.0.4', 'font-misc-100dpi', '1.0.4'],
    ['jpeg-9f', 'jpeg', '9f'],
  ])('cuts %s', (pf, name, version) => {
    expect(splitVersion(pf)).toEqual({ name, version });
  });

  it.each(['openssl', '-1', 'a-', 'a-1.', 'a-b1', ''])('finds none in %j', (pf) => {
    expect(splitVersion(pf)).toBeUndefined();
  });
});

describe('contentsPath', () => {
  it.each([
    [`obj /usr/bin/a b ${md5} 1700000000`, 'usr/bin/a b'],
    ['sym /usr/lib/a.so -> a.so.1 1700000000', 'usr/lib/a.so'],
    ['fif /run/pipe', 'run/pipe'],
    ['dir /usr', undefined],
    ['sym /broken', undefined],
    ['obj relative', undefined],
    ['', undefined],
  ])('reads %j', (line, path) => {
    expect(contentsPath(line)).toBe(path);
  });
});

describe('parsePortageDependencies', () => {
  it.each([
    ['', []],
    ['a/b c/d-1', [['a/b'], ['c/d-1']]],
    ['=a/b-1.2* ~c/d-3-r0:0/1= e/f[x(-),y]', [['a/b'], ['c/d'], ['e/f']]],
    ['|| ( ( a/b c/d ) e/f ) g/h', [['a/b', 'c/d', 'e/f'], ['g/h']]],
    ['( a/b ) !c/d !!<e/f-2 x? y', [['a/b']]],
    ['|| ( a/b', [['a/b']]],
    [') ) a/b', [['a/b']]],
  ])('reads %j', (field, needs) => {
    expect(parsePortageDependencies(field)).toEqual(needs);
  });

  it('reads any words without throwing', { timeout: 60_000 }, () => {
    const word = fc.constantFrom('||', '(', ')', 'a/b', '>=a/b-1', '!', 'x?', '[', ':');
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(parsePortageDependencies(words.join(' ')).flat()).not.toContain('');
      }),
    );
  });
});

describe('parsePortageLicenses', () => {
  it.each([
    ['GPL-2+ LGPL-2.1 BSD', ['GPL-2.0-or-later', 'LGPL-2.1-only', 'BSD']],
    ['|| ( GPL-2 MIT )', ['|| ( GPL-2 MIT )']],
    ['', []],
  ])('reads %j', (field, licenses) => {
    expect(parsePortageLicenses(field)).toEqual(licenses);
  });
});
