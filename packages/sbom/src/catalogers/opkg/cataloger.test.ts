import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { npmCataloger } from '../npm/cataloger.ts';
import { opkgCataloger } from './cataloger.ts';
import { cpeName } from './cpe-name.ts';
import { maxOpkgPackages, parseOpkgControl } from './parse-control.ts';

const inventory = (...layers: TestLayer[]) =>
  inventoryOf(layers, [opkgCataloger, npmCataloger] as unknown as readonly Cataloger[]);

const status = `Package: busybox
Version: 1.36.1-r1
Depends: libc, kmod | kernel
Status: install user installed
Architecture: x86_64
Installed-Time: 1700000000

Package: libc
Version: 1.2.4-r4
Provides: musl
Status: install user installed
Architecture: x86_64
Auto-Installed: yes

Package: gone
Version: 1
Status: deinstall ok not-installed
`;

const control = `Package: busybox
Version: 1.36.1-r1
Depends: libc
Source: package/utils/busybox
SourceName: busybox
License: GPL-2.0
Section: base
CPE-ID: cpe:/a:busybox:busybox
Maintainer: Somebody <s@example.org>
Architecture: x86_64
Installed-Size: 225280
Description:  Core utilities
 more of it
`;

describe('opkgCataloger', () => {
  it('joins the status with what the package says of itself', async () => {
    const { packages, relationships, complete } = await inventory({
      'usr/lib/opkg/status': status,
      'usr/lib/opkg/info/busybox.control': control,
      'usr/lib/opkg/info/gone.control': 'Package: gone\nVersion: 1\n',
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'opkg', class: 'os', name: 'busybox', version: '1.36.1-r1', architecture: 'x86_64' },
        ...{ licenses: ['GPL-2.0'], supplier: 'Somebody <s@example.org>', description: 'Core utilities' },
        cpes: ['cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*'],
        details: { section: 'base', status: 'install user installed', installedSize: 225280 },
        purl: expect.stringMatching(/^pkg:opkg\/busybox@1\.36\.1-r1\?arch=x86_64/),
      },
      { name: 'libc', details: { autoInstalled: true } },
    ]);
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[0]?.id, to: packages[1]?.id }]);
    expect(complete).toBe(true);
  });

  it('does without a status, as images have it that were put together elsewhere', async () => {
    const result = await inventory(
      { 'var/lib/opkg/info/a.control': 'Package: a\nVersion: 1\nOE: recipe\nLicense: MIT & (GPL-2.0-only | ISC)\n' },
      { 'var/lib/opkg/info/b.control': 'Package: b\nVersion: 2\nDepends: a\n' },
    );
    expect(placesOf(result)).toEqual([
      { name: 'a', path: 'var/lib/opkg/info/a.control', layer: 0, introducedIn: 0 },
      { name: 'b', path: 'var/lib/opkg/info/b.control', layer: 1, introducedIn: 1 },
    ]);
    expect(result.packages[0]).toMatchObject({
      ...{ source: { name: 'recipe' }, licenses: ['MIT AND (GPL-2.0-only OR ISC)'] },
    });
    expect(result.relationships).toHaveLength(1);
  });

  it('owns the files of its lists, below the root that the database belongs to', async () => {
    const { packages } = await inventory({
      'srv/root/usr/lib/opkg/status': 'Package: node\nVersion: 20\nStatus: install user installed\n',
      'srv/root/usr/lib/opkg/info/node.list': '/usr/lib/npm/package.json\t0644\n/usr/bin/node\n',
      'srv/root/usr/lib/npm/package.json': '{"name":"npm","version":"10.8.0"}',
    });
    const node = packages.find(({ name }) => name === 'node');
    expect(packages.find(({ name }) => name === 'npm')?.occurrences[0]?.ownedBy).toBe(node?.id);
  });

  it('reports stanzas that name no package, and keeps the others', async () => {
    const { packages, problems } = await inventory({
      'usr/lib/opkg/status': 'Version: 1\n\nPackage: a\nVersion: 1\n',
    });
    expect(packages.map(({ name }) => name)).toEqual(['a']);
    expect(problems).toMatchObject([{ cataloger: 'opkg', path: 'usr/lib/opkg/status', code: 'malformed' }]);
  });

  it('passes by what only looks like a database', async () => {
    const { packages, complete } = await inventory({
      'usr/lib/other/status': status,
      'usr/lib/opkg/info/deep/x.control': control,
      'debian/x.control': control,
    });
    expect(packages).toEqual([]);
    expect(complete).toBe(true);
  });
});

describe('parseOpkgControl', () => {
  it('ends at its limit and says so', { timeout: 60_000 }, () => {
    const { packages, problems } = parseOpkgControl('Package: a\nVersion: 1\n\n'.repeat(maxOpkgPackages + 3));
    expect(packages).toHaveLength(maxOpkgPackages);
    expect(problems).toEqual([expect.stringContaining('the rest was not read')]);
  });

  it('reads mutated files without throwing, into plain JSON', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom(
      'Package: ',
      'Version: 1',
      'Status: install user ',
      'installed',
      '\n',
      ' ',
      ',|(',
      'a',
    );
    fc.assert(
      fc.property(fc.array(piece), fc.nat(control.length), (pieces, at) => {
        const result = parseOpkgControl(control.slice(0, at) + pieces.join('') + control.slice(at));
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});

describe('cpeName', () => {
  it.each([
    ['cpe:/a:gnu:libstdc%2b%2b', '1:9.1-3', 'cpe:2.3:a:gnu:libstdc\\+\\+:9.1:*:*:*:*:*:*:*'],
    ['cpe:/o:linux:linux_kernel', '6.1.82', 'cpe:2.3:o:linux:linux_kernel:6.1.82:*:*:*:*:*:*:*'],
  ])('turns %s into a name with version', (uri, version, name) => {
    expect(cpeName(uri, version)).toBe(name);
  });

  it('is nothing for another form', () => {
    for (const uri of ['', 'cpe:/a:x', 'cpe:/a:x:y:1', 'cpe:2.3:a:x:y']) expect(cpeName(uri, '1')).toBeUndefined();
  });
});
