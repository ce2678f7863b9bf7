import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, OwnershipFinding } from '../../catalog/finding.ts';
import type { Inventory } from '../../model/inventory.ts';
import { hashOwnedPath } from '../owned-path.ts';
import { dpkgCataloger } from './cataloger.ts';
import type { DpkgFacts } from './facts.ts';

const statusPath = 'var/lib/dpkg/status';

const stanza = (name: string, version: string, more = '', architecture = 'amd64'): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\n${more}\n`;

/** Runs the cataloger and records what ownership it states beside the inventory. */
async function scan(...layers: TestLayer[]): Promise<{ inventory: Inventory; owned: OwnershipFinding[] }> {
  let owned: OwnershipFinding[] = [];
  const recording: Cataloger<DpkgFacts> = {
    ...dpkgCataloger,
    assemble(view: ImageView<DpkgFacts>): Iterable<Finding> {
      const findings = Array.from(dpkgCataloger.assemble(view));
      owned = findings.filter((finding) => finding.kind === 'ownership');
      return findings;
    },
  };
  const inventory = await inventoryOf(layers, [recording as Cataloger]);
  return { inventory, owned };
}

const needs = ({ packages, relationships }: Inventory): string[] => {
  const names = new Map(packages.map(({ id, name, architecture }) => [id, `${name}:${architecture}`]));
  return relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort();
};

describe('dpkgCataloger', () => {
  it('makes packages with source, details and purl', async () => {
    const more =
      'Source: pam\nSection: admin\nPriority: required\nEssential: yes\nInstalled-Size: 2\nMaintainer: M <m@x>\nDescription: short\n long\n';
    const { inventory } = await scan({ [statusPath]: stanza('libpam-runtime', '1.1.8-3.6', more, 'all') });
    expect(inventory.packages).toMatchObject([
      {
        ...{ type: 'deb', class: 'os', scope: 'installed', name: 'libpam-runtime', version: '1.1.8-3.6' },
        ...{ architecture: 'all', source: { name: 'pam' }, supplier: 'M <m@x>', description: 'short' },
        purl: 'pkg:deb/debian/libpam-runtime@1.1.8-3.6?arch=all&upstream=pam',
        details: {
          ...{ section: 'admin', priority: 'required', essential: true, installedSize: 2048 },
          status: 'install ok installed',
        },
      },
    ]);
    expect(inventory.complete).toBe(true);
  });

  it('says which layer first had each package at this version', async () => {
    const { inventory } = await scan(
      { [statusPath]: stanza('a', '1') + stanza('b', '1') },
      { other: 'x' },
      { [statusPath]: stanza('a', '1') + stanza('b', '2') + stanza('c', '1') },
      { [statusPath]: stanza('a', '1') + stanza('b', '2') },
    );
    expect(placesOf(inventory).map(({ name, layer, introducedIn }) => [name, layer, introducedIn])).toEqual([
      ['a', 3, 0],
      ['b', 3, 2],
    ]);
  });

  it('reads images put together without dpkg: one file a package, its files beside it', async () => {
    const { inventory, owned } = await scan(
      {
        'var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
        'var/lib/dpkg/status.d/base.md5sums': `${'0'.repeat(32)}  usr/share/base/x\n${'0'.repeat(32)}  ./etc/y z\nbad line\n`,
      },
      { 'var/lib/dpkg/status.d/tzdata': 'Package: tzdata\nVersion: 2024a\nArchitecture: all\nDepends: base-files\n' },
    );
    expect(placesOf(inventory)).toEqual([
      { name: 'base-files', path: 'var/lib/dpkg/status.d/base', layer: 0, introducedIn: 0 },
      { name: 'tzdata', path: 'var/lib/dpkg/status.d/tzdata', layer: 1, introducedIn: 1 },
    ]);
    expect(needs(inventory)).toEqual(['tzdata:all > base-files:amd64']);
    expect(owned.flatMap(({ pathHashes }) => Array.from(pathHashes)).sort()).toEqual(
      ['usr/share/base/x', 'etc/y z'].map(hashOwnedPath).sort(),
    );
    expect(inventory.complete).toBe(true);
  });

  it('reads file lists without the directories in them', async () => {
    const { owned } = await scan({
      [statusPath]: stanza('a', '1'),
      'var/lib/dpkg/info/a.list': '/.\n/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/a-b\n/etc\n/etc/a.conf\n',
    });
    expect(owned).toHaveLength(1);
    expect(Array.from(owned[0]?.pathHashes ?? []).sort()).toEqual(
      ['usr/bin/a', 'usr/bin/a-b', 'etc/a.conf'].map(hashOwnedPath).sort(),
    );
  });

  it('gives each architecture its own list where several are installed', async () => {
    const { owned } = await scan({
      [statusPath]: stanza('libc6', '2.36') + stanza('libc6', '2.36', '', 'i386'),
      'var/lib/dpkg/info/libc6:amd64.list': '/lib/x86_64/libc.so\n',
      'var/lib/dpkg/info/libc6:i386.list': '/lib/i386/libc.so\n',
    });
    const byOwner = owned.map(({ owner, pathHashes }) => [owner.split('|')[1], Array.from(pathHashes)]);
    expect(byOwner).toEqual([
      ['libc6:amd64@2.36', [hashOwnedPath('lib/x86_64/libc.so')]],
      ['libc6:i386@2.36', [hashOwnedPath('lib/i386/libc.so')]],
    ]);
  });

  it('takes the first alternative that is installed, by name or by what a package provides', async () => {
    const { inventory } = await scan({
      [statusPath]: [
        stanza('app', '1', 'Depends: missing | mta, libc6 (>= 2)\nPre-Depends: dpkg\n'),
        stanza('exim4', '4', 'Provides: mta (= 1)\nDepends: app\n'),
        stanza('libc6', '2.36', 'Depends: libc6\n'),
        stanza('libc6', '2.36', '', 'i386'),
        stanza('app32', '1', 'Depends: libc6, gone\n', 'i386'),
      ].join(''),
    });
    expect(needs(inventory)).toEqual([
      'app32:i386 > libc6:i386',
      'app:amd64 > exim4:amd64',
      'app:amd64 > libc6:amd64',
      'exim4:amd64 > app:amd64',
    ]);
  });

  it('keeps the systems of one image apart', async () => {
    const { inventory, owned } = await scan({
      [statusPath]: stanza('app', '1', 'Depends: lib\n'),
      'opt/myvar/root/var/lib/dpkg/status': stanza('lib', '1'),
      'opt/myvar/root/var/lib/dpkg/info/lib.list': '/usr/lib/lib.so\n',
    });
    expect(inventory.packages).toHaveLength(2);
    expect(inventory.relationships).toEqual([]);
    expect(Array.from(owned[0]?.pathHashes ?? [])).toEqual([hashOwnedPath('opt/myvar/root/usr/lib/lib.so')]);
  });

  it('reads a database that is reached through a link only', async () => {
    const { inventory } = await scan({
      'var/lib/dpkg': { link: '../../data/packages' },
      'data/packages/status': stanza('a', '1'),
    });
    expect(placesOf(inventory)).toMatchObject([{ name: 'a', path: statusPath, introducedIn: 0 }]);
  });

  it('states licences in SPDX where that is certain, and then what the file says', async () => {
    const format = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n';
    const { inventory } = await scan({
      [statusPath]: ['a', 'b', 'c', 'd', 'e'].map((name) => stanza(name, '1')).join(''),
      'usr/share/doc/a/copyright': `${format}Files: *\nLicense: GPL-2+\n\nFiles: x\nLicense: public-domain\n`,
      'usr/share/doc/b': { link: 'a' },
      'usr/share/doc/c/copyright': 'See /usr/share/common-licenses/GPL-2 and /usr/share/common-licenses/Apache-2.0.\n',
      'usr/share/doc/d/copyright': `${format}Files: *\nLicense: ISC\n`,
    });
    const found = inventory.packages.map(({ name, licenses, details }) => [name, licenses, details.statedLicenses]);
    const ofA = [
      ['GPL-2.0-or-later', 'public-domain'],
      ['GPL-2+', 'public-domain'],
    ];
    expect(found).toEqual([
      ['a', ...ofA],
      ['b', ...ofA],
      // Which versions of the GPL apply, the reference does not say.
      ['c', ['GPL-2', 'Apache-2.0'], undefined],
      ['d', ['ISC'], undefined],
      ['e', [], undefined],
    ]);
  });

  it('marks what apt installed for another package, and adds the hashes of archives', async () => {
    const sha256 = 'ab'.repeat(32);
    const available = (version: string) =>
      `Package: lib\nArchitecture: amd64\nVersion: ${version}\nSHA256: ${sha256}\n\n`;
    const { inventory } = await scan({
      [statusPath]:
        stanza('app', '1') + stanza('lib', '1') + stanza('lib', '1', '', 'i386') + stanza('data', '1', '', 'all'),
      // apt has the machine's own architecture where a package fits all.
      'var/lib/apt/extended_states':
        'Package: lib\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: data\nArchitecture: amd64\nAuto-Installed: 1\n',
      'var/lib/dpkg/available': available('2') + available('1'),
    });
    const found = inventory.packages.map(({ name, architecture, details, hashes }) => [
      `${name}:${architecture}`,
      details.autoInstalled,
      hashes,
    ]);
    expect(found.sort()).toEqual([
      ['app:amd64', undefined, undefined],
      ['data:all', true, undefined],
      ['lib:amd64', true, [{ algorithm: 'SHA-256', content: sha256 }]],
      ['lib:i386', undefined, undefined],
    ]);
  });

  it('owns configuration files, which lists of digests leave out', async () => {
    const md5 = '0'.repeat(32);
    const { owned } = await scan({
      'var/lib/dpkg/status.d/a': `Package: a\nVersion: 1\nConffiles:\n /etc/a.conf ${md5}\n`,
      'var/lib/dpkg/status.d/a.md5sums': `${md5}  usr/bin/a\n`,
    });
    expect(owned.flatMap(({ pathHashes }) => Array.from(pathHashes)).sort()).toEqual(
      ['usr/bin/a', 'etc/a.conf'].map(hashOwnedPath).sort(),
    );
  });

  it('keeps a package whose installation broke off, with its state', async () => {
    const broken = 'Package: b\nStatus: install reinstreq half-installed\nArchitecture: all\nVersion: 2\n\n';
    const gone = 'Package: c\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 1\n\n';
    const { inventory } = await scan({ [statusPath]: stanza('a', '1') + broken + gone });
    expect(inventory.packages.map(({ name, details }) => [name, details.status])).toEqual([
      ['a', 'install ok installed'],
      ['b', 'install reinstreq half-installed'],
    ]);
  });

  it('reports what passes a limit, and keeps what came before', async () => {
    const license = (index: number) => `License: l${index}\n\n`;
    const { inventory } = await scan({
      [statusPath]: stanza('a', '1'),
      'usr/share/doc/a/copyright': `Format: x\n\n${Array.from({ length: 1_100 }, (_, index) => license(index)).join('')}`,
    });
    expect(inventory.packages[0]?.licenses).toHaveLength(1_000);
    expect(inventory.problems).toMatchObject([{ cataloger: 'dpkg', code: 'too-large' }]);
  });

  it('reports stanzas that name no package, and keeps the others', async () => {
    const { inventory } = await scan({
      [statusPath]: `Status: install ok installed\nVersion: 1\n\n${stanza('a', '1')}`,
    });
    expect(inventory.packages).toHaveLength(1);
    expect(inventory.problems).toMatchObject([{ cataloger: 'dpkg', path: statusPath, code: 'malformed', layer: 0 }]);
  });

  it('passes by what only looks like a database', async () => {
    const { inventory } = await scan({
      'srv/notdpkg/status': stanza('a', '1'),
      'var/lib/dpkg/status-old': stanza('b', '1'),
      'var/lib/dpkg/info/c.postinst': stanza('c', '1'),
      'var/lib/dpkg/status.d/sub/d': stanza('d', '1'),
      'var/lib/dpkg/status.d/.hidden': stanza('e', '1'),
      'var/lib/dpkg/list': stanza('f', '1'),
    });
    expect(inventory.packages).toEqual([]);
  });
});
