import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { markerCataloger } from '../embedded-sbom/marker.test-support.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { bitnamiCataloger } from './cataloger.ts';

const list = 'opt/bitnami/.bitnami_components.json';
const document = 'opt/bitnami/redis/.spdx-redis.spdx';
const purl = 'pkg:bitnami/redis@7.0.11-0?arch=amd64&distro=debian-12';
const scan = (files: Record<string, string>) => inventoryOf([files], [bitnamiCataloger as Cataloger, markerCataloger]);

const spdx = {
  spdxVersion: 'SPDX-2.3',
  packages: [
    {
      ...{ SPDXID: 'SPDXRef-redis', name: 'redis', versionInfo: '7.0.11-0', licenseDeclared: 'BSD-3-Clause' },
      supplier: 'Organization: VMware, Inc.',
      externalRefs: [
        { referenceType: 'purl', referenceLocator: purl },
        { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:redis:redis:7.0.11:*:*:*:*:*:*:*' },
      ],
    },
    {
      ...{ SPDXID: 'SPDXRef-lib', name: 'golang.org/x/sys', versionInfo: 'v0.1.0' },
      externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:golang/golang.org/x/sys@v0.1.0' }],
    },
  ],
  files: [{ SPDXID: 'SPDXRef-f', fileName: './node_modules/x/marker' }],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-redis' },
    { spdxElementId: 'SPDXRef-redis', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-lib' },
  ],
};

describe('bitnamiCataloger', () => {
  it('makes one package of a component in the list and in its own document, with what is built in', async () => {
    const { packages, relationships, complete } = await scan({
      [list]: JSON.stringify({ redis: { arch: 'amd64', distro: 'debian-12', type: 'NAMI', version: '7.0.11-0' } }),
      [document]: JSON.stringify(spdx),
      'opt/bitnami/redis/node_modules/x/marker': '',
    });
    expect(packages).toMatchObject([
      {
        ...{ purl, class: 'os', scope: 'installed', architecture: 'amd64' },
        occurrences: [{ path: list }, { path: document }],
      },
      { purl: 'pkg:generic/marker@1', occurrences: [{ ownedBy: packages[0]?.id }] },
      { purl: 'pkg:golang/golang.org/x/sys@v0.1.0', class: 'language', scope: 'installed' },
    ]);
    expect(relationships).toMatchObject([{ from: packages[0]?.id, to: packages[2]?.id }]);
    expect(complete).toBe(true);
  });

  it('keeps what the document says where it stands alone', async () => {
    expect((await scan({ [document]: JSON.stringify(spdx) })).packages[0]).toMatchObject({
      ...{ licenses: ['BSD-3-Clause'], supplier: 'VMware, Inc.' },
      cpes: ['cpe:2.3:a:redis:redis:7.0.11:*:*:*:*:*:*:*'],
    });
  });

  it('reads documents in tag-value form', async () => {
    const text = `SPDXVersion: SPDX-2.3\nPackageName: redis\nSPDXID: SPDXRef-redis\nPackageVersion: 7.0.11-0\nExternalRef: PACKAGE-MANAGER purl ${purl}\n`;
    expect((await scan({ [document]: text })).packages).toMatchObject([{ purl }]);
  });

  it('reports what cannot be read, and passes by other places', async () => {
    const { packages, problems } = await scan({
      [document]: 'hello',
      [list]: '[]',
      'srv/.bitnami_components.json': '[]',
      'srv/.spdx-a.spdx': 'hello',
    });
    expect(packages).toEqual([]);
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      [list, 'malformed'],
      [document, 'malformed'],
    ]);
  });

  it('answers any text with packages or problems, in plain JSON', async () => {
    const components = JSON.stringify({
      redis: { arch: 'amd64', distro: 'debian-12', type: 'NAMI', version: '7.0.11-0' },
    });
    await fc.assert(
      fc.asyncProperty(mutated(components), mutated(JSON.stringify(spdx)), async (listed, described) => {
        const inventory = await scan({ [list]: listed, [document]: described });
        expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
        for (const { code } of inventory.problems) expect(code).toBe('malformed');
      }),
    );
  });
});
