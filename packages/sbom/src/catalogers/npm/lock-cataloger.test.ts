import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { npmCataloger } from './cataloger.ts';
import { npmLockCataloger } from './lock-cataloger.ts';

const inventory = (layer: TestLayer) =>
  inventoryOf([layer], [npmLockCataloger as Cataloger, npmCataloger as Cataloger]);

const lock = JSON.stringify({
  lockfileVersion: 3,
  packages: {
    '': { name: 'app' },
    'node_modules/@s/a': { version: '1.0.0', dependencies: { b: '*' } },
    'node_modules/b': { version: '1.0.0', dev: true },
  },
});

describe('npmLockCataloger', () => {
  it('declares what a project locks, with what it needs', async () => {
    const { packages, relationships } = await inventory({ 'srv/package-lock.json': lock });
    expect(packages).toMatchObject([
      { name: 'b', scope: 'declared', details: { dev: true }, cataloger: 'npm-lock' },
      { namespace: '@s', name: 'a', purl: 'pkg:npm/%40s/a@1.0.0' },
    ]);
    expect(relationships).toMatchObject([{ from: packages[1]?.id, to: packages[0]?.id }]);
  });

  it('gives way to what is installed beside it', async () => {
    const { packages } = await inventory({
      'srv/npm-shrinkwrap.json': lock,
      'srv/node_modules/b/package.json': '{"name":"b","version":"1.0.0"}',
    });
    expect(packages).toMatchObject([{ name: 'b', scope: 'installed' }]);
  });

  it('passes over lock files that came with a package', async () => {
    const { packages } = await inventory({ 'srv/node_modules/x/package-lock.json': lock });
    expect(packages).toEqual([]);
  });

  it('reports what is no lock file', async () => {
    const { problems } = await inventory({ 'package-lock.json': 'x', 'a/package-lock.json': ' '.repeat(33 << 20) });
    expect(problems).toMatchObject([
      { path: 'a/package-lock.json', code: 'too-large' },
      { path: 'package-lock.json', code: 'malformed' },
    ]);
  });
});
