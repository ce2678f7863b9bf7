import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { Inventory } from '../../model/inventory.ts';
import { pythonCataloger } from './cataloger.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [pythonCataloger as Cataloger]);
const site = 'usr/lib/python3/site-packages';

const metadata = (name: string, version: string, requires: readonly string[] = []): string =>
  `Name: ${name}\nVersion: ${version}\n${requires.map((need) => `Requires-Dist: ${need}\n`).join('')}\nRead me.\n`;

const needs = ({ packages, relationships }: Inventory): string[] => {
  const names = new Map(packages.map(({ id, name, version }) => [id, `${name}@${version}`]));
  return relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort();
};

describe('pythonCataloger', () => {
  it('makes packages with the name as written and a normalised purl', async () => {
    const { packages, complete } = await inventory({
      [`${site}/Django_Rest-1.0.dist-info/METADATA`]: metadata('Django_Rest', '1.0'),
      [`${site}/Django_Rest-1.0.dist-info/INSTALLER`]: 'pip\n',
      [`${site}/Django_Rest-1.0.dist-info/direct_url.json`]: '{"url":"file:///src","dir_info":{"editable":true}}',
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'pypi', class: 'language', name: 'Django_Rest', purl: 'pkg:pypi/django-rest@1.0' },
        details: { installer: 'pip', directUrl: 'file:///src', editable: true },
      },
    ]);
    expect(complete).toBe(true);
  });

  it('knows every form of metadata, in any case', async () => {
    const result = await inventory({
      [`${site}/a-1.DIST-INFO/Metadata`]: metadata('a', '1'),
      [`${site}/b.egg-info/PKG-INFO`]: metadata('b', '1'),
      [`${site}/c-1-py3.egg/EGG-INFO/PKG-INFO`]: metadata('c', '1'),
      [`${site}/d-1.egg-info`]: metadata('d', '1'),
      'EGG-INFO/PKG-INFO': metadata('e', '1'),
      'srv/docs/METADATA': metadata('not', '1'),
      [`${site}/f.dist-info/PKG-INFO`]: metadata('not', '1'),
      [`${site}/g.egg-info/requires.txt`]: 'x',
    });
    expect(result.packages.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(result.complete).toBe(true);
  });

  it('says which layer first had this version in a place', async () => {
    const path = `${site}/a.egg-info/PKG-INFO`;
    const result = await inventory({ [path]: metadata('a', '1') }, { [path]: metadata('A', '1') }, { x: '' });
    expect(placesOf(result)).toEqual([{ name: 'A', path, layer: 1, introducedIn: 0 }]);
  });

  it('relates packages of one directory, and of another only where there is no doubt', async () => {
    const result = await inventory({
      [`${site}/app-1.dist-info/METADATA`]: metadata('app', '1', [
        'My.Lib>=1',
        'only-there',
        'twice',
        'app',
        'missing',
      ]),
      [`${site}/my_lib-1.dist-info/METADATA`]: metadata('my_lib', '1'),
      'venv/lib/my_lib-2.dist-info/METADATA': metadata('my_lib', '2'),
      'venv/lib/only_there-1.dist-info/METADATA': metadata('only_there', '1'),
      'venv/lib/twice-1.dist-info/METADATA': metadata('twice', '1'),
      'opt/lib/twice-2.dist-info/METADATA': metadata('twice', '2'),
    });
    expect(needs(result)).toEqual(['app@1 > my_lib@1', 'app@1 > only_there@1']);
  });

  it('finds the neighbours of an egg beside it', async () => {
    const result = await inventory({
      [`${site}/a-1-py3.egg/EGG-INFO/PKG-INFO`]: metadata('a', '1', ['b']),
      [`${site}/b-1.dist-info/METADATA`]: metadata('b', '1'),
      'opt/b-2.dist-info/METADATA': metadata('b', '2'),
    });
    expect(needs(result)).toEqual(['a@1 > b@1']);
  });

  it('reports what it cannot read and keeps the rest', async () => {
    const { packages, problems } = await inventory({
      [`${site}/a-1.dist-info/METADATA`]: 'Name: a\n\n',
      [`${site}/b-1.dist-info/METADATA`]: metadata('b', '1'),
      [`${site}/b-1.dist-info/direct_url.json`]: '{',
      [`${site}/b-1.dist-info/INSTALLER`]: 'not a name',
      [`${site}/c-1.dist-info/METADATA`]: `Name: c\nVersion: 1\n${'X: y\n'.repeat(1_000_000)}`,
    });
    expect(packages.map(({ name, details }) => [name, details])).toEqual([
      ['b', {}],
      ['c', {}],
    ]);
    expect(problems).toMatchObject([
      { path: `${site}/a-1.dist-info/METADATA`, code: 'malformed', reason: 'no usable Version field' },
      { path: `${site}/b-1.dist-info/direct_url.json`, code: 'malformed' },
      { path: `${site}/c-1.dist-info/METADATA`, code: 'too-large' },
    ]);
  });
});

describe('pythonCataloger with what lies beside the metadata', () => {
  it('says that somebody asked for a package', async () => {
    const { packages } = await inventory({
      [`${site}/a-1.dist-info/METADATA`]: metadata('a', '1'),
      [`${site}/a-1.dist-info/REQUESTED`]: '',
      [`${site}/b-1.dist-info/METADATA`]: metadata('b', '1'),
    });
    expect(packages.map(({ details }) => details)).toEqual([{ requested: true }, {}]);
  });

  it('takes the needs of an egg from its own list', async () => {
    const result = await inventory({
      [`${site}/a.egg-info/PKG-INFO`]: metadata('a', '1'),
      [`${site}/a.egg-info/requires.txt`]: 'b>=1\n\n[test]\nc\n',
      [`${site}/b-1.dist-info/METADATA`]: metadata('b', '1'),
      [`${site}/c-1.dist-info/METADATA`]: metadata('c', '1'),
    });
    expect(needs(result)).toEqual(['a@1 > b@1']);
  });

  it('follows no need that is for another platform or an older Python', async () => {
    const place = 'usr/local/lib/python3.12/site-packages';
    const result = await inventory({
      [`${place}/a-1.dist-info/METADATA`]: metadata('a', '1', [
        'b ; sys_platform == "win32"',
        'c ; python_version < "3.8"',
        'd ; python_version >= "3.8"',
      ]),
      ...Object.fromEntries(
        ['b', 'c', 'd'].map((name) => [`${place}/${name}-1.dist-info/METADATA`, metadata(name, '1')]),
      ),
    });
    expect(needs(result)).toEqual(['a@1 > d@1']);
  });

  it('lists what is inside the binaries of a package', async () => {
    const path = `${site}/a-1.dist-info/sboms/auditwheel.cdx.json`;
    const components = [{ name: 'libgfortran', purl: 'pkg:rpm/almalinux/libgfortran@8.5.0-26.el8' }];
    const result = await inventory(
      { [`${site}/a-1.dist-info/METADATA`]: metadata('a', '1'), 'etc/os-release': 'ID=debian\n' },
      { [path]: JSON.stringify({ bomFormat: 'CycloneDX', components }), [`${site}/sboms/other.json`]: '{}' },
    );
    expect(result.packages.find(({ type }) => type === 'rpm')).toMatchObject({
      ...{ class: 'binary', purl: 'pkg:rpm/almalinux/libgfortran@8.5.0-26.el8' },
      occurrences: [{ path, layer: 1, introducedIn: 1 }],
    });
    expect(needs(result)).toEqual(['a@1 > libgfortran@8.5.0-26.el8']);
  });

  it('reports a document that it cannot read', async () => {
    const { problems } = await inventory({
      [`${site}/a-1.dist-info/METADATA`]: metadata('a', '1'),
      [`${site}/a-1.dist-info/sboms/x.json`]: '{}',
      [`${site}/a-1.dist-info/sboms/y.json`]: '{',
    });
    expect(problems.map(({ code }) => code)).toEqual(['unsupported', 'malformed']);
  });
});
