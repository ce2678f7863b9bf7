import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { makeZip, zipOf } from '../../zip/zip.test-support.ts';
import { yarnCacheCataloger } from './cache-cataloger.ts';
import { yarnLockCataloger } from './cataloger.ts';

const inventory = (layer: TestLayer) =>
  inventoryOf([layer], [yarnLockCataloger as Cataloger, yarnCacheCataloger as Cataloger]);

describe('yarnLockCataloger', () => {
  it('declares what a project locks and passes over what came with a package', async () => {
    const lock = '# yarn lockfile v1\n\na@*:\n  version "1.0.0"\n';
    const { packages } = await inventory({ 'srv/yarn.lock': lock, 'srv/node_modules/x/yarn.lock': lock });
    expect(packages).toMatchObject([{ name: 'a', scope: 'declared', purl: 'pkg:npm/a@1.0.0' }]);
    expect(packages[0]?.occurrences).toHaveLength(1);
  });
});

describe('yarnCacheCataloger', () => {
  const manifest = (name: string): string => JSON.stringify({ name, version: '1.0.0', license: 'MIT' });

  it('finds packages that lie in archives, and those bundled with them', async () => {
    const { packages, complete } = await inventory({
      'srv/.yarn/cache/@s-a-npm-1.0.0-0-0.zip': zipOf({
        'node_modules/@s/a/package.json': manifest('@s/a'),
        'node_modules/@s/a/esm/package.json': '{"type":"module"}',
        'node_modules/@s/a/node_modules/b/package.json': manifest('b'),
      }),
      'srv/elsewhere/c.zip': zipOf({ 'node_modules/c/package.json': manifest('c') }),
    });
    expect(packages).toMatchObject([
      { name: 'b', scope: 'installed', licenses: ['MIT'] },
      { namespace: '@s', name: 'a', occurrences: [{ path: 'srv/.yarn/cache/@s-a-npm-1.0.0-0-0.zip' }] },
    ]);
    expect(complete).toBe(true);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'root/.yarn/berry/cache/a.zip': 'none',
      'root/.yarn/berry/cache/b.zip': zipOf({ 'node_modules/b/package.json': '{' }),
      'root/.yarn/berry/cache/c.zip': makeZip([
        { name: 'node_modules/c/package.json', content: manifest('c'), stated: { crc32: 1 } },
      ]),
      'root/.yarn/berry/cache/d.zip': zipOf({ 'node_modules/d/package.json': ' '.repeat(6 << 20) }),
    });
    expect(problems).toMatchObject([
      { path: 'root/.yarn/berry/cache/a.zip', code: 'malformed', reason: 'not a zip archive' },
      { path: 'root/.yarn/berry/cache/b.zip', code: 'malformed' },
      { path: 'root/.yarn/berry/cache/c.zip', code: 'malformed' },
      { path: 'root/.yarn/berry/cache/d.zip', code: 'too-large' },
    ]);
  });
});
