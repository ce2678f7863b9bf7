import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import type { Inventory } from '../../model/inventory.ts';
import { npmCataloger } from './cataloger.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [npmCataloger as Cataloger]);

const manifest = (name: string, version: string, dependencies: readonly string[] = []): string =>
  JSON.stringify({ name, version, dependencies: Object.fromEntries(dependencies.map((need) => [need, '*'])) });

const needs = ({ packages, relationships }: Inventory): string[] => {
  const names = new Map(packages.map(({ id, name, version }) => [id, `${name}@${version}`]));
  return relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort();
};

describe('npmCataloger', () => {
  it('makes packages with scope, licence and purl, wherever they lie', async () => {
    const scoped = {
      name: '@babel/core',
      version: '7.0.0',
      license: 'MIT',
      author: 'B',
      homepage: 'https://babel.dev',
    };
    const { packages, complete } = await inventory({
      'package.json': manifest('Root', '1.0.0'),
      'app/node_modules/@babel/core/package.json': JSON.stringify({ ...scoped, private: true }),
    });
    expect(packages).toMatchObject([
      { name: 'Root', purl: 'pkg:npm/Root@1.0.0', details: {} },
      {
        ...{ type: 'npm', class: 'language', scope: 'installed', namespace: '@babel', name: 'core', version: '7.0.0' },
        ...{ licenses: ['MIT'], supplier: 'B', homepage: 'https://babel.dev', details: { private: true } },
        purl: 'pkg:npm/%40babel/core@7.0.0',
      },
    ]);
    expect(complete).toBe(true);
  });

  it('lists a package once however many copies there are, each copy as a place', async () => {
    const { packages } = await inventory({
      'app/node_modules/a/package.json': manifest('a', '1.0.0'),
      'app/node_modules/b/node_modules/a/package.json': manifest('a', '1.0.0'),
    });
    expect(packages).toHaveLength(1);
    expect(packages[0]?.occurrences).toHaveLength(2);
  });

  it('says which layer first had this version in a place', async () => {
    const path = 'app/node_modules/a/package.json';
    const result = await inventory(
      { [path]: manifest('a', '1.0.0') },
      { [path]: manifest('a', '1.0.1') },
      { [path]: `${manifest('a', '1.0.1')}\n` },
    );
    expect(placesOf(result)).toEqual([{ name: 'a', path, layer: 2, introducedIn: 1 }]);
  });

  describe('finds what a package needs as Node.js does', () => {
    it('in the nearest node_modules upward', async () => {
      const result = await inventory({
        'srv/app/package.json': manifest('app', '1.0.0', ['a', 'b', 'c', 'missing']),
        'srv/app/node_modules/a/package.json': manifest('a', '1.0.0', ['b', 'c']),
        'srv/app/node_modules/a/node_modules/b/package.json': manifest('b', '2.0.0', ['a', 'b']),
        'srv/app/node_modules/b/package.json': manifest('b', '1.0.0'),
        'node_modules/c/package.json': manifest('c', '1.0.0', ['a']),
      });
      expect(needs(result)).toEqual([
        'a@1.0.0 > b@2.0.0',
        'a@1.0.0 > c@1.0.0',
        'app@1.0.0 > a@1.0.0',
        'app@1.0.0 > b@1.0.0',
        'app@1.0.0 > c@1.0.0',
        'b@2.0.0 > a@1.0.0',
      ]);
    });

    it('through the links of a package manager that puts each package in a place of its own', async () => {
      const store = 'app/node_modules/.pnpm';
      const result = await inventory({
        'app/package.json': manifest('app', '1.0.0', ['a', '@s/b']),
        'app/node_modules/a': { link: '.pnpm/a@1.0.0/node_modules/a' },
        'app/node_modules/@s/b': { link: '../.pnpm/@s+b@1.0.0/node_modules/@s/b' },
        [`${store}/a@1.0.0/node_modules/a/package.json`]: manifest('a', '1.0.0', ['@s/b']),
        [`${store}/a@1.0.0/node_modules/@s`]: { link: '../../@s+b@1.0.0/node_modules/@s' },
        [`${store}/@s+b@1.0.0/node_modules/@s/b/package.json`]: manifest('@s/b', '1.0.0'),
      });
      expect(needs(result)).toEqual(['a@1.0.0 > b@1.0.0', 'app@1.0.0 > a@1.0.0', 'app@1.0.0 > b@1.0.0']);
    });
  });

  it('reads a manifest that is a hard link into a store', async () => {
    const result = await inventory({
      'pnpm/store/v10/files/ab/cdef': manifest('a', '1.0.0'),
      'app/node_modules/a/package.json': { hardlink: 'pnpm/store/v10/files/ab/cdef' },
    });
    expect(placesOf(result)).toMatchObject([{ name: 'a', path: 'app/node_modules/a/package.json' }]);
  });

  it('reports what it cannot read where a package manager looks for packages, and only there', async () => {
    const { packages, problems } = await inventory({
      'app/node_modules/a/package.json': '{ broken',
      'app/node_modules/@s/b/package.json': '{"name":"@s/b"}',
      'app/node_modules/c/test/fixtures/package.json': '{ broken',
      'app/node_modules/c/esm/package.json': '{"type":"module"}',
      'app/template/package.json': '{{ handlebars }}',
      'app/node_modules/c/package.json': manifest('c', '1.0.0'),
    });
    expect(packages.map(({ name }) => name)).toEqual(['c']);
    expect(problems).toMatchObject([
      { path: 'app/node_modules/@s/b/package.json', code: 'malformed', reason: 'no usable version' },
      { path: 'app/node_modules/a/package.json', code: 'malformed', reason: 'not JSON (SyntaxError)' },
    ]);
  });

  it('does not read a manifest of absurd size', async () => {
    const large = `{"name":"a","version":"1","x":"${'x'.repeat(5 * 1024 * 1024)}"}`;
    const { packages, problems } = await inventory({
      'srv/package.json': large,
      'srv/node_modules/a/package.json': large,
    });
    expect(packages).toEqual([]);
    expect(problems).toMatchObject([{ path: 'srv/node_modules/a/package.json', code: 'too-large' }]);
  });
});

describe('npmCataloger with what package managers recorded', () => {
  const digest = Buffer.alloc(64, 7);
  const integrity = `sha512-${digest.toString('base64')}`;
  const resolved = 'https://registry.example/a/-/a-1.0.0.tgz';
  const hashes = [{ algorithm: 'SHA-512', content: digest.toString('hex') }];
  const tree = JSON.stringify({
    lockfileVersion: 3,
    packages: { 'node_modules/a': { version: '1.0.0', resolved, integrity, optional: true } },
  });

  it('adds origin and hash to the manifest of the same place, and lists nothing twice', async () => {
    const { packages } = await inventory({
      'srv/node_modules/.package-lock.json': tree,
      'srv/node_modules/a/package.json': manifest('a', '1.0.0'),
      'opt/node_modules/a/package.json': manifest('a', '1.0.1'),
    });
    expect(packages.map(({ version, hashes: found, details }) => ({ version, found, details }))).toEqual([
      { version: '1.0.0', found: hashes, details: { resolved, optional: true } },
      { version: '1.0.1', found: undefined, details: {} },
    ]);
  });

  it('does not believe a record that a later change of the tree made untrue', async () => {
    const { packages } = await inventory(
      { 'srv/node_modules/.package-lock.json': tree, 'srv/node_modules/a/package.json': manifest('a', '1.0.0') },
      { 'srv/node_modules/a/package.json': manifest('a', '2.0.0') },
    );
    expect(packages).toMatchObject([{ version: '2.0.0', details: {} }]);
    const removed = await inventory({ 'srv/node_modules/.package-lock.json': tree }, { 'srv/node_modules/a': null });
    expect(removed.packages).toEqual([]);
  });

  it('finds by the record what is there without its manifest', async () => {
    const result = await inventory(
      { 'srv/node_modules/.package-lock.json': tree, 'srv/node_modules/a': { directory: true } },
      { 'srv/node_modules/a/index.js': '' },
    );
    expect(result.packages).toMatchObject([{ name: 'a', version: '1.0.0', scope: 'installed', hashes }]);
    expect(placesOf(result)).toEqual([
      { name: 'a', path: 'srv/node_modules/.package-lock.json', layer: 0, introducedIn: 0 },
    ]);
  });

  it('joins the packages of pnpm with its own record by name and version', async () => {
    const { packages } = await inventory({
      'srv/node_modules/.pnpm/lock.yaml': `lockfileVersion: '9.0'\n\npackages:\n\n  a@1.0.0:\n    resolution: {integrity: ${integrity}}\n`,
      'srv/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json': manifest('a', '1.0.0'),
    });
    expect(packages).toMatchObject([{ name: 'a', hashes, scope: 'installed' }]);
  });

  it('reports a record that is none', async () => {
    const { problems } = await inventory({ 'srv/node_modules/.package-lock.json': '{', 'srv/lock.yaml': 'x' });
    expect(problems).toMatchObject([{ path: 'srv/node_modules/.package-lock.json', code: 'malformed' }]);
  });
});
