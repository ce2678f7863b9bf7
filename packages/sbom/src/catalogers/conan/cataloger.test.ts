import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { conanCataloger } from './cataloger.ts';
import { parseConanLock } from './parse-conan-lock.ts';
import { parseConanSections } from './parse-conan-sections.ts';
import { parseConanReference } from './parse-reference.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [conanCataloger as Cataloger]);
const purls = async (files: Record<string, string>) => (await scan(files)).packages.map(({ purl }) => purl);

const info = `[settings]
    os=Linux

[requires]
    zlib/1.Y.Z

[full_requires]
    zlib/1.2.12@demo/stable:2dec3996
    bzip2/1.0.8:c6c01ee5

[recipe_hash]
    0123
`;

describe('conanCataloger', () => {
  it('takes a package of the cache by its place, and what it was built with', async () => {
    const path = 'root/.conan/data/openssl/3.0.3/_/_/package/abc/conaninfo.txt';
    const { packages, relationships } = await scan({ [path]: info });
    expect(packages).toMatchObject([
      { purl: 'pkg:conan/bzip2@1.0.8', scope: 'installed', details: { packageId: 'c6c01ee5' } },
      { purl: 'pkg:conan/openssl@3.0.3', scope: 'installed', details: { packageId: 'abc' } },
      { purl: 'pkg:conan/zlib@1.2.12?channel=stable&user=demo' },
    ]);
    expect(relationships).toHaveLength(2);
  });

  it('takes what another conaninfo.txt was built with', async () => {
    expect(await purls({ 'app/build/conaninfo.txt': info })).toHaveLength(2);
  });

  it('reads the graph of Conan 1', async () => {
    const nodes = {
      0: { options: 'x', requires: ['1'], path: '../conanfile.txt' },
      1: { ref: 'openssl/3.0.3#rev1', requires: ['2'], package_id: 'p1', prev: 'prev1', context: 'host' },
      2: { ref: 'zlib/1.2.12@demo/stable', context: 'build' },
    };
    const { packages, relationships } = await scan({
      'app/conan.lock': JSON.stringify({ graph_lock: { nodes }, version: '0.4' }),
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:conan/openssl@3.0.3?prev=prev1&rrev=rev1', scope: 'declared', details: { packageId: 'p1' } },
      { purl: 'pkg:conan/zlib@1.2.12?channel=stable&user=demo', details: { use: 'build' } },
    ]);
    expect(relationships).toHaveLength(1);
  });

  it('reads the lists of Conan 2', async () => {
    const lock = {
      ...{ version: '0.5', requires: ['zlib/1.2.11#ffa77daf%1650538915.154', 'a/[>1]', 7] },
      ...{ build_requires: ['cmake/3.23.0#1'], python_requires: ['tools/1.0'] },
    };
    expect((await scan({ 'app/conan.lock': JSON.stringify(lock) })).packages).toMatchObject([
      { purl: 'pkg:conan/cmake@3.23.0?rrev=1', details: { use: 'build' } },
      { purl: 'pkg:conan/tools@1.0', details: { use: 'python' } },
      { purl: 'pkg:conan/zlib@1.2.11?rrev=ffa77daf', details: {} },
    ]);
  });

  it('reads what a conanfile.txt requires, and no ranges', async () => {
    const text =
      '[requires]\npoco/1.9.4 # why\n# c\nzlib/[>1.0 <1.9]\n[tool_requires]\n7zip/16.00#r1\n[options]\nx/1\n';
    expect(await purls({ 'app/conanfile.txt': text })).toEqual([
      'pkg:conan/7zip@16.00?rrev=r1',
      'pkg:conan/poco@1.9.4',
    ]);
  });

  it('reports files of these names that are something else', async () => {
    const { problems } = await scan({ 'a/conan.lock': '{}', 'b/conan.lock': '{', 'c/conanfile.txt': 'hello' });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/conan.lock', 'malformed'],
      ['b/conan.lock', 'malformed'],
      ['c/conanfile.txt', 'malformed'],
    ]);
  });
});

describe('the parsers', () => {
  it('never throw', () => {
    const lock = fc.record({ version: fc.jsonValue(), requires: fc.jsonValue(), graph_lock: fc.jsonValue() });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          lock.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          parseConanLock(text);
          parseConanReference(text);
          parseConanSections(text, new Set(['requires']));
        },
      ),
    );
  });
});
