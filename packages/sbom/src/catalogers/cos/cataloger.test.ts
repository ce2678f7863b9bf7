import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { cosCataloger } from './cataloger.ts';
import { parseCosPackageInfo } from './parse-package-info.ts';

const path = 'etc/cos-package-info.json';
const scan = (content: string, at = path) => inventoryOf([{ [at]: content }], [cosCataloger as Cataloger]);

describe('cosCataloger', () => {
  it('reads what is installed, and not what only built it', async () => {
    const inventory = await scan(
      JSON.stringify({
        installedPackages: [
          { category: 'app-arch', name: 'gzip', version: '1.9', ebuild_version: '1.9-r1' },
          { category: 'dev-python', name: 'six', version: '1.11.0', ebuild_version: '1.11.0' },
        ],
        buildTimePackages: [{ category: 'dev-lang', name: 'go', version: '1.20' }],
      }),
    );
    expect(inventory.packages).toMatchObject([
      {
        ...{ type: 'cos', class: 'os', name: 'gzip', version: '1.9', purl: 'pkg:cos/gzip@1.9' },
        details: { category: 'app-arch', ebuildVersion: '1.9-r1' },
      },
      { name: 'six', details: { category: 'dev-python' } },
    ]);
    expect(inventory.complete).toBe(true);
  });

  it('reports entries without name and version, and documents that are none', async () => {
    const entries = await scan('{"installedPackages":[{"name":"a"},7,{"name":"b","version":"1"}]}');
    expect(entries.packages).toHaveLength(1);
    expect(entries.problems).toMatchObject([{ reason: '2 entries without a usable name and version' }]);
    for (const text of ['{', '[]', 'null', '{"installedPackages":{}}']) {
      expect((await scan(text)).problems).toMatchObject([{ code: 'malformed', path }]);
    }
  });

  it('passes by other files of that name', async () => {
    const content = '{"installedPackages":[{"name":"b","version":"1"}]}';
    expect((await scan(content, 'srv/cos-package-info.json')).packages).toEqual([]);
  });
});

describe('parseCosPackageInfo', () => {
  it('never throws', () => {
    const installed = fc.array(fc.jsonValue()).map((installedPackages) => JSON.stringify({ installedPackages }));
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), installed), (text) => void parseCosPackageInfo(text)));
  });
});
