import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { cocoapodsCataloger } from './cataloger.ts';
import { parsePodfileLock } from './parse-podfile-lock.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [cocoapodsCataloger as Cataloger]);

const lock = `PODS:
  - AFNetworking (4.10):
    - AFNetworking/NSURLSession (= 4.10)
  - AFNetworking/NSURLSession (4.10):
    - Reach (~> 1.0)
  - "GoogleUtilities/NSData+zlib (7.0)"
  - Reach (1.0.2)

DEPENDENCIES:
  - AFNetworking
  - Reach (from \`https://u:p@example.com/reach.git\`)

SPEC REPOS:
  trunk:
    - AFNetworking

EXTERNAL SOURCES:
  Reach:
    :git: https://u:p@example.com/reach.git

CHECKOUT OPTIONS:
  Reach:
    :commit: 0123456789abcdef
    :git: https://u:p@example.com/reach.git

SPEC CHECKSUMS:
  AFNetworking: ${'7b'.repeat(20)}

COCOAPODS: 1.15.2
`;

describe('cocoapodsCataloger', () => {
  it('lists each pod once, with its parts, sources, and what it needs', async () => {
    const { packages, relationships } = await inventory({ 'app/Podfile.lock': lock });
    expect(packages.map(({ purl, scope, details }) => [purl, scope, details])).toEqual([
      ['pkg:cocoapods/AFNetworking@4.10', 'declared', { subspecs: ['NSURLSession'], specChecksum: '7b'.repeat(20) }],
      ['pkg:cocoapods/GoogleUtilities@7.0', 'declared', { subspecs: ['NSData+zlib'] }],
      [
        'pkg:cocoapods/Reach@1.0.2',
        'declared',
        { source: 'https://example.com/reach.git', commit: '0123456789abcdef' },
      ],
    ]);
    expect(relationships).toMatchObject([{ from: packages[0]?.id, to: packages[2]?.id }]);
  });

  it('reports what it cannot read, and nothing for a project without pods', async () => {
    const { problems } = await inventory({
      'a/Podfile.lock': 'nothing',
      'b/Podfile.lock': 'COCOAPODS: 1.15.2\n',
      'c/Podfile.lock': ' '.repeat(5_000_000),
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/Podfile.lock', 'malformed'],
      ['c/Podfile.lock', 'too-large'],
    ]);
  });

  it('reads anything without error', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(lock), async (text) => {
        const read = (await parsePodfileLock(text)) ?? null;
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });
});
