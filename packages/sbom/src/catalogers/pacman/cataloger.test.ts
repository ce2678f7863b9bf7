import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { distroCataloger } from '../distro/cataloger.ts';
import { npmCataloger } from '../npm/cataloger.ts';
import { pacmanCataloger } from './cataloger.ts';
import { parsePacmanDesc } from './parse-desc.ts';

const catalogers = [pacmanCataloger, distroCataloger, npmCataloger] as unknown as readonly Cataloger[];
const inventory = (...layers: TestLayer[]) => inventoryOf(layers, catalogers);
const local = 'var/lib/pacman/local';

/** A `desc` as pacman writes it. */
const desc = (fields: Readonly<Record<string, string | readonly string[]>>): string =>
  Object.entries(fields)
    .map(([name, values]) => `%${name}%\n${[values].flat().join('\n')}\n\n`)
    .join('');

const curl = desc({
  ...{ NAME: 'curl', VERSION: '8.7.1-6', BASE: 'curl-suite', DESC: 'command line tool', URL: 'https://curl.se/' },
  ...{ ARCH: 'x86_64', BUILDDATE: '1714000000', PACKAGER: 'Somebody <s@archlinux.org>', SIZE: '1843200' },
  ...{ LICENSE: ['MIT', 'custom'], VALIDATION: 'pgp', DEPENDS: ['glibc>=2.38', 'libz.so=1-64', 'missing'] },
});
const zlib = desc({ NAME: 'zlib', VERSION: '1:1.3.1-2', ARCH: 'x86_64', REASON: '1', PROVIDES: ['libz.so=1-64'] });

describe('pacmanCataloger', () => {
  it('makes packages with source, licences and purl, related to each other', async () => {
    const { packages, relationships, complete } = await inventory({
      'etc/os-release': 'ID=arch\nBUILD_ID=rolling\n',
      [`${local}/ALPM_DB_VERSION`]: '9\n',
      [`${local}/curl-8.7.1-6/desc`]: curl,
      [`${local}/zlib-1:1.3.1-2/desc`]: zlib,
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'alpm', class: 'os', name: 'curl', version: '8.7.1-6', source: { name: 'curl-suite' } },
        ...{ licenses: ['MIT', 'custom'], supplier: 'Somebody <s@archlinux.org>', homepage: 'https://curl.se/' },
        details: { installedSize: 1843200, validation: 'pgp' },
        purl: 'pkg:alpm/arch/curl@8.7.1-6?arch=x86_64&distro=arch-rolling&upstream=curl-suite',
      },
      { name: 'zlib', version: '1:1.3.1-2', details: { autoInstalled: true } },
    ]);
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[0]?.id, to: packages[1]?.id }]);
    expect(complete).toBe(true);
  });

  it.each(['usr/lib/pacman', 'usr/lib/sysimage/lib/pacman', 'usr/lib/holo/pacmandb'])(
    'reads a database that was moved to %s, with what it owns at the root',
    async (database) => {
      const { packages } = await inventory({
        'var/lib/pacman': { link: `/${database}` },
        [`${database}/local/curl-8.7.1-6/desc`]: curl,
        [`${database}/local/curl-8.7.1-6/files`]: '%FILES%\nopt/\nopt/package.json\n',
        'opt/package.json': '{"name":"owned","version":"1.0.0"}',
      });
      const [owner, owned] = packages;
      expect([owner?.name, owned?.name, owned?.occurrences[0]?.ownedBy]).toEqual(['curl', 'owned', owner?.id]);
    },
  );

  it('owns its files, but no directories and nothing of other sections', async () => {
    const { packages } = await inventory({
      [`${local}/npm-1-1/desc`]: desc({ NAME: 'npm', VERSION: '1-1' }),
      [`${local}/npm-1-1/files`]:
        '%FILES%\nusr/\nusr/lib/npm/\nusr/lib/npm/package.json\n\n%BACKUP%\nsrv/package.json\t0123\n',
      'usr/lib/npm/package.json': '{"name":"npm-module","version":"10.8.0"}',
      'srv/package.json': '{"name":"app","version":"1.0.0"}',
    });
    const byName = new Map(packages.map((pkg) => [pkg.name, pkg]));
    expect(byName.get('npm-module')?.occurrences[0]?.ownedBy).toBe(byName.get('npm')?.id);
    expect(byName.get('app')?.occurrences[0]?.ownedBy).toBeUndefined();
  });

  it('has a package at the version and in the layer that shows it', async () => {
    const result = await inventory(
      {
        [`${local}/a-1-1/desc`]: desc({ NAME: 'a', VERSION: '1-1' }),
        [`${local}/b-1-1/desc`]: desc({ NAME: 'b', VERSION: '1-1' }),
      },
      { [`${local}/a-1-1`]: null, [`${local}/a-2-1/desc`]: desc({ NAME: 'a', VERSION: '2-1' }) },
    );
    expect(placesOf(result).map(({ name, path, introducedIn }) => [name, path, introducedIn])).toEqual([
      ['a', `${local}/a-2-1/desc`, 1],
      ['b', `${local}/b-1-1/desc`, 0],
    ]);
  });

  it('reports a package without a name', async () => {
    const { packages, problems } = await inventory({ [`${local}/a-1-1/desc`]: '%VERSION%\n1\n' });
    expect(packages).toEqual([]);
    expect(problems).toMatchObject([{ cataloger: 'pacman', code: 'malformed' }]);
  });

  it('passes by files of those names elsewhere', async () => {
    const { packages, complete } = await inventory({ 'srv/desc': curl, 'var/lib/pacman/sync/core/a/desc': curl });
    expect(packages).toEqual([]);
    expect(complete).toBe(true);
  });
});

describe('parsePacmanDesc', () => {
  it('takes the first of two sections of one name, and one that ends without an empty line', () => {
    const text = '%NAME%\na\n%VERSION%\n1\n\n%NAME%\nother\n\n%SIZE%\nmuch\n\n%LICENSE%\n\n';
    expect(parsePacmanDesc(text)).toEqual({ name: 'a', version: '1' });
  });

  it('reads mutated files without throwing, into plain JSON', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom('%NAME%', '%', '\n', 'a', ' ', '%DEPENDS%', '>=', '\0');
    fc.assert(
      fc.property(fc.array(piece), fc.nat(curl.length), (pieces, at) => {
        const result = parsePacmanDesc(curl.slice(0, at) + pieces.join('') + curl.slice(at)) ?? {};
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});
