import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { haskellCataloger } from './cataloger.ts';
import { parseCabalFreeze, parseGhcPackage, parseStackLock } from './parse-haskell.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [haskellCataloger as Cataloger]);

const stack = `packages:
- completed:
    hackage: AC-HalfInteger-1.2.1@sha256:0123,456
    pantry-tree:
      sha256: '01'
  original:
    hackage: AC-HalfInteger-1.2.1
- completed:
    name: local-fork
    version: '1.10'
    git: https://example.com/x.git
snapshots: []
`;
const registered = `name:                 text
version:              2.0.2
visibility:           public
id:                   text-2.0.2
license:              BSD-2-Clause
author:               Bryan O'Sullivan
homepage:             https://github.com/haskell/text
synopsis:             An efficient packed Unicode text type.
description:
    Something
    .
    more
depends:
    array-0.5.4.0 base-4.17.2.0
`;

describe('haskellCataloger', () => {
  it('reads what GHC has registered', async () => {
    const { packages } = await scan({
      'usr/lib/ghc/package.conf.d/text-2.0.2.conf': registered,
      'usr/lib/ghc/package.conf.d/x.conf': 'name: z-a-z-internal\nversion: 1\n',
      'usr/lib/ghc/package.conf.d/package.cache': 'x',
    });
    expect(packages).toMatchObject([
      {
        ...{ purl: 'pkg:hackage/text@2.0.2', scope: 'installed', licenses: ['BSD-2-Clause'] },
        ...{ supplier: "Bryan O'Sullivan", homepage: 'https://github.com/haskell/text', details: { id: 'text-2.0.2' } },
      },
    ]);
    expect(packages).toHaveLength(1);
  });

  it('reads what Stack and Cabal lock', async () => {
    const freeze =
      'active-repositories: hackage.haskell.org:merge\nconstraints: any.a50 ==0.5,\n             a50 +flag,\n             any.3d-graphics-examples ==0.0.0.2\nindex-state: x\n';
    const { packages, problems } = await scan({
      ...{ 'app/stack.yaml.lock': stack, 'app/cabal.project.freeze': freeze },
      ...{ 'b/stack.yaml.lock': 'a: [', 'b/cabal.project.freeze': 'hello' },
    });
    expect(packages.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:hackage/3d-graphics-examples@0.0.0.2', 'declared'],
      ['pkg:hackage/AC-HalfInteger@1.2.1', 'declared'],
      ['pkg:hackage/a50@0.5', 'declared'],
      ['pkg:hackage/local-fork@1.10', 'declared'],
    ]);
    expect(problems).toMatchObject([{ code: 'malformed' }, { code: 'malformed' }]);
  });
});

describe('the parsers', () => {
  it('never throw', async () => {
    const cut = fc.tuple(fc.nat(300), fc.string()).map(([at, more]) => stack.slice(0, at) + more + stack.slice(at));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), cut), async (text) => {
        await parseStackLock(text);
        parseCabalFreeze(`constraints: ${text}`);
        parseGhcPackage(text);
      }),
    );
  });
});
