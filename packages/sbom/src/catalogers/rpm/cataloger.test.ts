import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { ImageView } from '../../catalog/file-view.ts';
import type { Finding, OwnershipFinding } from '../../catalog/finding.ts';
import type { Inventory } from '../../model/inventory.ts';
import { distroCataloger } from '../distro/cataloger.ts';
import { hashOwnedPath } from '../owned-path.ts';
import { rpmCataloger } from './cataloger.ts';
import { writeBerkeley } from './database/berkeley/berkeley.test-support.ts';
import { writeNdb } from './database/ndb.test-support.ts';
import { checkpoint, createRpmTables, insertHeaders, writeSqlite } from './database/sqlite/sqlite.test-support.ts';
import type { RpmFacts } from './facts.ts';
import { packageHeader, type TestPackage } from './header/rpm-header.test-support.ts';
import { rpmTag } from './header/rpm-tags.ts';

const sqlitePath = 'usr/lib/sysimage/rpm/rpmdb.sqlite';
const ndbPath = 'usr/lib/sysimage/rpm/Packages.db';
const ndb = (...packages: TestPackage[]): Uint8Array => writeNdb(packages.map(packageHeader));

async function scan(...layers: TestLayer[]): Promise<{ inventory: Inventory; owned: OwnershipFinding[] }> {
  let owned: OwnershipFinding[] = [];
  const recording: Cataloger<RpmFacts> = {
    ...rpmCataloger,
    assemble(view: ImageView<RpmFacts>): Iterable<Finding> {
      const findings = Array.from(rpmCataloger.assemble(view));
      owned = findings.filter((finding) => finding.kind === 'ownership');
      return findings;
    },
  };
  const inventory = await inventoryOf(layers, [distroCataloger as Cataloger, recording as Cataloger]);
  return { inventory, owned };
}

const names = ({ packages }: Inventory): string[] => packages.map(({ name }) => name);
const needs = ({ packages, relationships }: Inventory): string[] => {
  const byId = new Map(packages.map(({ id, name, architecture }) => [id, `${name}.${architecture}`]));
  return relationships.map(({ from, to }) => `${byId.get(from)} > ${byId.get(to)}`).sort();
};
const hashesOf = (owned: readonly OwnershipFinding[]): bigint[] =>
  owned.flatMap(({ pathHashes }) => Array.from(pathHashes)).sort();

/** A database of `first`, whose log adds `second`. */
const logged = (first: TestPackage[], second: TestPackage[]) =>
  writeSqlite((database) => {
    createRpmTables(database);
    insertHeaders(database, first.map(packageHeader));
    checkpoint(database);
    insertHeaders(database, second.map(packageHeader));
  });

describe('rpmCataloger', () => {
  it('makes packages with source, module, details and purl', async () => {
    const nodejs: TestPackage = {
      ...{ name: 'nodejs', version: '18.1', release: '3.el9', epoch: 1, sourceRpm: 'nodejs18-18.1-3.el9.src.rpm' },
      modularityLabel: 'nodejs:18:90:rhel9',
      tags: [
        [rpmTag.license, 'MIT and Apache-2.0'],
        [rpmTag.vendor, 'Red Hat, Inc.'],
        [rpmTag.summary, 'JavaScript runtime'],
        [rpmTag.url, 'https://user:secret@nodejs.org/'],
        [rpmTag.size, { int32: [2048] }],
        [rpmTag.buildTime, { int32: [1_700_000_000] }],
        [rpmTag.sha256Header, 'ab'.repeat(32)],
      ],
    };
    const { inventory } = await scan({ 'etc/os-release': 'ID=rhel\nVERSION_ID=9.3\n', [ndbPath]: ndb(nodejs) });
    expect(inventory.packages).toMatchObject([
      {
        ...{ type: 'rpm', class: 'os', scope: 'installed', name: 'nodejs', version: '1:18.1-3.el9' },
        ...{ architecture: 'x86_64', source: { name: 'nodejs18', version: '18.1-3.el9' }, supplier: 'Red Hat, Inc.' },
        ...{ description: 'JavaScript runtime', homepage: 'https://nodejs.org/', licenses: ['MIT and Apache-2.0'] },
        purl:
          'pkg:rpm/redhat/nodejs@18.1-3.el9?arch=x86_64&distro=rhel-9.3&epoch=1&rpmmod=nodejs:18:90:rhel9' +
          '&upstream=nodejs18-18.1-3.el9.src.rpm',
        details: {
          ...{ sourceRpm: 'nodejs18-18.1-3.el9.src.rpm', modularityLabel: 'nodejs:18:90:rhel9', installedSize: 2048 },
          ...{ builtAt: '2023-11-14T22:13:20Z', headerSha256: 'ab'.repeat(32) },
        },
      },
    ]);
    expect(inventory.complete).toBe(true);
  });

  it('reads each format where it belongs, and passes by other files of these names', async () => {
    const header = (name: string) => [packageHeader({ name })];
    const { inventory } = await scan({
      'var/lib/rpm/Packages': writeBerkeley(header('hash'), { kind: 'hash' }),
      [ndbPath]: writeNdb(header('ndb')),
      'usr/share/rpm/rpmdb.sqlite': logged([{ name: 'sqlite' }], []).database,
      'srv/repo/Packages': 'a list of Debian packages',
      'var/lib/rpm/Name': 'an index',
    });
    expect(names(inventory)).toEqual(['hash', 'ndb', 'sqlite']);
    expect(inventory.complete).toBe(true);
  });

  it('leaves out keys, which are no software', async () => {
    const { inventory } = await scan({ [ndbPath]: ndb({ name: 'gpg-pubkey', architecture: '' }, { name: 'bash' }) });
    expect(names(inventory)).toEqual(['bash']);
  });

  it('gives each package its files, without directories and what is another package’s', async () => {
    const tags = [
      [rpmTag.fileModes, { int16: [0o100755, 0o040755, 0o100644, 0o120777] }],
      [rpmTag.fileStates, { int8: [0, 0, 1, 0] }],
    ] as const;
    const files = ['/usr/bin/a', '/usr/share/a', '/etc/a', '/usr/bin/b'];
    const { owned } = await scan({ [ndbPath]: ndb({ name: 'a', files, tags }) });
    expect(hashesOf(owned)).toEqual(['usr/bin/a', 'usr/bin/b'].map(hashOwnedPath).sort());
  });

  it('says what each package needs, by name, by what is provided and by file', async () => {
    const { inventory } = await scan({
      [ndbPath]: ndb(
        { name: 'app', requires: ['libx.so.1()(64bit)', '/bin/sh', '(gone or tool)', 'app', 'nobody'] },
        { name: 'libx', provides: ['libx.so.1()(64bit)'] },
        { name: 'libx', architecture: 'i686', provides: ['libx.so.1'] },
        { name: 'bash', files: ['/usr/bin/sh'] },
        { name: 'tool' },
      ),
    });
    expect(needs(inventory)).toEqual([
      'app.x86_64 > bash.x86_64',
      'app.x86_64 > libx.x86_64',
      'app.x86_64 > tool.x86_64',
    ]);
  });

  it('says which layer first had each package at this version', async () => {
    const { inventory } = await scan(
      { [ndbPath]: ndb({ name: 'a' }, { name: 'b' }) },
      { other: 'x' },
      { [ndbPath]: ndb({ name: 'a' }, { name: 'b', version: '2' }, { name: 'c' }) },
      { [ndbPath]: ndb({ name: 'a' }, { name: 'b', version: '2' }) },
    );
    expect(placesOf(inventory).map(({ name, layer, introducedIn }) => [name, layer, introducedIn])).toEqual([
      ['a', 3, 0],
      ['b', 3, 2],
    ]);
  });

  it('keeps the systems of one image apart', async () => {
    const { inventory, owned } = await scan({
      [ndbPath]: ndb({ name: 'app', requires: ['lib'] }),
      [`mnt/root/${ndbPath}`]: ndb({ name: 'lib', files: ['/usr/lib/lib.so'] }),
    });
    expect(names(inventory)).toEqual(['app', 'lib']);
    expect(inventory.relationships).toEqual([]);
    expect(hashesOf(owned)).toEqual([hashOwnedPath('mnt/root/usr/lib/lib.so')]);
  });

  it.each([
    [
      'a linked directory',
      { 'var/lib/rpm': { link: '../../usr/lib/sysimage/rpm' }, [ndbPath]: ndb({ name: 'a' }) },
      ndbPath,
    ],
    [
      'a directory elsewhere',
      { 'var/lib/rpm': { link: '/data' }, 'data/Packages.db': ndb({ name: 'a' }) },
      'var/lib/rpm/Packages.db',
    ],
    ['a linked file', { [ndbPath]: { link: '/data/rpms' }, 'data/rpms': ndb({ name: 'a' }) }, ndbPath],
  ] satisfies [string, TestLayer, string][])(
    'reads a database once that is reached through %s',
    async (_, layer, path) => {
      const { inventory } = await scan(layer);
      expect(placesOf(inventory)).toEqual([{ name: 'a', path, layer: 0, introducedIn: 0 }]);
    },
  );

  it('reports what is broken and keeps what was read', async () => {
    const { inventory } = await scan({
      [ndbPath]: writeNdb([
        packageHeader({ name: 'a' }),
        Buffer.from('not a header at all'),
        packageHeader({ name: 'b' }),
      ]),
    });
    expect(names(inventory)).toEqual(['a', 'b']);
    expect(inventory.problems).toMatchObject([{ cataloger: 'rpm', path: ndbPath, code: 'malformed', layer: 0 }]);
  });

  it('does not repeat itself over a database full of errors', async () => {
    const { inventory } = await scan({ [ndbPath]: writeNdb(Array(100).fill(Buffer.from('not a header at all'))) });
    expect(inventory.problems.length).toBeLessThanOrEqual(21);
    expect(inventory.problems.map(({ reason }) => reason)).toContain('80 more problems');
  });

  it('keeps a package whose files cannot be read', async () => {
    const header = packageHeader({ name: 'a', files: ['/usr/bin/a', '/usr/bin/b'] });
    // The directory's text loses its end.
    header[header.length - 1] = 0x2f;
    const { inventory } = await scan({ [ndbPath]: writeNdb([header]) });
    expect(names(inventory)).toEqual(['a']);
    expect(inventory.problems).toMatchObject([
      { code: 'malformed', reason: expect.stringContaining('the files of a') },
    ]);
  });
});

describe('rpmCataloger with a log', () => {
  const { database, wal } = logged([{ name: 'a' }], [{ name: 'b' }]);
  const log = `${sqlitePath}-wal`;

  it.each([
    ['in one layer', [{ [sqlitePath]: database, [log]: wal }], ['a', 'b']],
    ['the log first', [{ [log]: wal, [sqlitePath]: database }], ['a', 'b']],
    ['the log in a higher layer', [{ [sqlitePath]: database }, { other: '' }, { [log]: wal }], ['a', 'b']],
    ['the database in a higher layer', [{ [log]: wal }, { [sqlitePath]: database }], ['a', 'b']],
    ['the log gone', [{ [sqlitePath]: database, [log]: wal }, { [log]: null }], ['a']],
    ['the log emptied', [{ [sqlitePath]: database, [log]: wal }, { [log]: '' }], ['a']],
    ['the log beside it empty', [{ [sqlitePath]: database, [log]: '' }], ['a']],
    ['an empty log above it', [{ [sqlitePath]: database }, { [log]: '' }], ['a']],
    ['an empty log below it', [{ [sqlitePath]: database, [log]: '' }, { [sqlitePath]: database }], ['a']],
    [
      'a linked directory',
      [{ 'var/lib/rpm': { link: '/data' }, 'data/rpmdb.sqlite': database, 'data/rpmdb.sqlite-wal': wal }],
      ['a', 'b'],
    ],
    ['the database gone', [{ [sqlitePath]: database, [log]: wal }, { [sqlitePath]: null }], []],
    ['an empty database', [{ [sqlitePath]: '' }, { [log]: wal }], undefined],
  ] satisfies [string, TestLayer[], string[] | undefined][])(
    'shows what a container would see: %s',
    async (_, layers, expected) => {
      const { inventory } = await scan(...layers);
      if (expected === undefined) expect(inventory.complete).toBe(false);
      else {
        expect(names(inventory)).toEqual(expected);
        expect(inventory.complete).toBe(true);
      }
    },
  );

  it('says that a package of the log came with the log', async () => {
    const { inventory } = await scan({ [sqlitePath]: database }, { [log]: wal });
    expect(placesOf(inventory)).toEqual([
      { name: 'a', path: sqlitePath, layer: 0, introducedIn: 0 },
      { name: 'b', path: sqlitePath, layer: 0, introducedIn: 1 },
    ]);
  });
});
