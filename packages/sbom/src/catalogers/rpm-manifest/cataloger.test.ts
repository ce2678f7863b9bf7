import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { distroCataloger } from '../distro/cataloger.ts';
import { rpmManifestCataloger } from './cataloger.ts';
import { parseManifestLine } from './parse-manifest-line.ts';

const path = 'var/lib/rpmmanifest/container-manifest-2';
const lines = [
  'zlib\t1.2.13-2.cm2\t1700000000\t1600000000\tMicrosoft Corporation\t(none)\t205208\tx86_64\t0\tzlib-1.2.13-2.cm2.src.rpm',
  'openssl-libs\t1.1.1k-28.cm2\t0\t1600000000\t(none)\t1\t4096\tx86_64\t1\topenssl-1.1.1k-28.cm2.src.rpm',
];
const catalogers = [distroCataloger as Cataloger, rpmManifestCataloger as Cataloger];

describe('rpmManifestCataloger', () => {
  it('reads the packages an image was built from', async () => {
    const release = 'ID=mariner\nVERSION_ID="2.0"\n';
    const inventory = await inventoryOf([{ 'etc/os-release': release, [path]: `${lines.join('\n')}\n` }], catalogers);
    expect(inventory.packages).toMatchObject([
      {
        ...{ type: 'rpm', class: 'os', name: 'openssl-libs', version: '1:1.1.1k-28.cm2' },
        source: { name: 'openssl', version: '1.1.1k-28.cm2' },
        purl:
          'pkg:rpm/mariner/openssl-libs@1.1.1k-28.cm2?arch=x86_64&distro=mariner-2.0&epoch=1' +
          '&upstream=openssl-1.1.1k-28.cm2.src.rpm',
      },
      {
        ...{ name: 'zlib', version: '1.2.13-2.cm2', architecture: 'x86_64', supplier: 'Microsoft Corporation' },
        details: {
          installedSize: 205_208,
          installedAt: '2023-11-14T22:13:20Z',
          sourceRpm: 'zlib-1.2.13-2.cm2.src.rpm',
        },
      },
    ]);
    expect(inventory.complete).toBe(true);
  });

  it('reports lines that state nothing, and keeps the others', async () => {
    const inventory = await inventoryOf([{ [path]: `one\n\n${lines[0]}\r\ntwo\n` }], catalogers);
    expect(inventory.packages).toHaveLength(1);
    expect(inventory.problems).toMatchObject([{ code: 'malformed', reason: '2 line(s) that state no package' }]);
  });

  it('passes by other files of that name', async () => {
    const inventory = await inventoryOf([{ 'srv/container-manifest-2': lines[0] ?? '' }], catalogers);
    expect(inventory.packages).toEqual([]);
  });
});

describe('parseManifestLine', () => {
  it('never throws', () => {
    fc.assert(fc.property(fc.array(fc.string()), (fields) => void parseManifestLine(fields.join('\t'))));
  });
});
