import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { embeddedSbomCataloger, parseSbom } from './cataloger.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [embeddedSbomCataloger as Cataloger]);

const cycloneDx = JSON.stringify({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6' },
  metadata: { component: { 'bom-ref': 'app', type: 'application', name: 'app', purl: 'pkg:npm/app@2.0.0' } },
  components: [
    {
      ...{ 'bom-ref': 'a', name: 'a', version: '1.0.0', purl: 'pkg:npm/%40s/a@1.0.0', publisher: 'Somebody' },
      licenses: [{ license: { id: 'MIT' } }, { expression: 'MIT OR ISC' }, { license: { name: 'Own' } }],
      hashes: [
        { alg: 'SHA-256', content: 'AB'.repeat(32) },
        { alg: 'BLAKE3', content: 'ab' },
      ],
      cpe: 'cpe:2.3:a:s:a:1.0.0:*:*:*:*:*:*:*',
      components: [{ name: 'nested', purl: 'pkg:pypi/nested@3' }],
    },
    { name: 'nameless', version: '1' },
    { name: 'image', purl: 'pkg:oci/image@sha256:1' },
  ],
  dependencies: [{ ref: 'app', dependsOn: ['a', 'nobody'] }],
});

const xml = `<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">
  <metadata><component type="application" bom-ref="app"><name>app</name><purl>pkg:npm/app@2.0.0</purl></component></metadata>
  <components>
    <component type="library" bom-ref="a"><publisher>Somebody</publisher><name>a</name><version>1.0.0</version>
      <hashes><hash alg="SHA-256">${'AB'.repeat(32)}</hash><hash alg="BLAKE3">ab</hash></hashes>
      <licenses><license><id>MIT</id></license><expression>MIT OR ISC</expression><license><name>Own</name></license></licenses>
      <cpe>cpe:2.3:a:s:a:1.0.0:*:*:*:*:*:*:*</cpe><purl>pkg:npm/%40s/a@1.0.0</purl>
      <components><component><name>nested</name><purl>pkg:pypi/nested@3</purl></component></components>
      <evidence><licenses><license><id>Other</id></license></licenses></evidence>
    </component>
    <component><name>nameless</name><version>1</version></component>
    <component><name>image</name><purl>pkg:oci/image@sha256:1</purl></component>
  </components>
  <dependencies><dependency ref="app"><dependency ref="a"/><dependency ref="nobody"/></dependency></dependencies>
</bom>`;

const tagValue = `SPDXVersion: SPDX-2.3
## a comment
PackageName: openssl
SPDXID: SPDXRef-openssl
PackageVersion: 3.0.11-1
PackageSupplier: Person: Jane (jane@example.com)
PackageDescription: <text>one
two</text>
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: Apache-2.0
PackageChecksum: SHA1: ${'12'.repeat(20)}
ExternalRef: PACKAGE-MANAGER purl pkg:rpm/redhat/openssl@3.0.7-18.el9?arch=x86_64&distro=rhel-9&epoch=1&upstream=ossl@3-1.src.rpm&signature=x
ExternalRef: SECURITY cpe23Type cpe:2.3:a:openssl:openssl:3.0.7:*:*:*:*:*:*:*
PackageName: b
SPDXID: SPDXRef-b
PackageVersion: 2
ExternalRef: PACKAGE-MANAGER purl pkg:golang/stdlib@1.22.1
FileName: ./x
SPDXID: SPDXRef-x
LicenseID: LicenseRef-1
ExtractedText: <text>PackageName: not this</text>
Relationship: SPDXRef-b DEPENDENCY_OF SPDXRef-openssl
`;

describe('embeddedSbomCataloger', () => {
  it.each([
    ['JSON', 'usr/share/sbom/app.cdx.json', cycloneDx],
    ['XML', 'usr/share/sbom/app.cdx.xml', xml],
  ])('reads CycloneDX as %s', async (_, path, text) => {
    const { packages, relationships, complete } = await scan({ [path]: text });
    expect(packages).toMatchObject([
      { purl: 'pkg:npm/app@2.0.0', class: 'language', scope: 'installed', details: { statedBy: 'CycloneDX' } },
      {
        ...{
          purl: 'pkg:npm/%40s/a@1.0.0',
          namespace: '@s',
          licenses: ['MIT', 'MIT OR ISC', 'Own'],
          supplier: 'Somebody',
        },
        hashes: [{ algorithm: 'SHA-256', content: 'ab'.repeat(32) }],
        cpes: ['cpe:2.3:a:s:a:1.0.0:*:*:*:*:*:*:*'],
      },
      { purl: 'pkg:pypi/nested@3' },
    ]);
    expect(packages).toHaveLength(3);
    expect(relationships).toMatchObject([{ from: packages[0]?.id, to: packages[1]?.id }]);
    expect(complete).toBe(true);
  });

  it('reads SPDX in tag-value form; packages of a system are never more than declared', async () => {
    const { packages, relationships } = await scan({ 'usr/share/sbom/a.spdx': tagValue });
    expect(packages).toMatchObject([
      { purl: 'pkg:golang/stdlib@1.22.1', scope: 'installed', details: { statedBy: 'SPDX' } },
      {
        ...{ type: 'rpm', namespace: 'redhat', version: '1:3.0.7-18.el9', architecture: 'x86_64', scope: 'declared' },
        ...{ source: { name: 'ossl', version: '3-1.src.rpm' }, licenses: ['Apache-2.0'], supplier: 'Jane' },
        ...{ description: 'one\ntwo', hashes: [{ algorithm: 'SHA-1' }], class: 'os' },
        purl: 'pkg:rpm/redhat/openssl@3.0.7-18.el9?arch=x86_64&epoch=1&signature=x&upstream=ossl%403-1.src.rpm',
      },
    ]);
    expect(relationships).toMatchObject([{ from: packages[1]?.id, to: packages[0]?.id }]);
  });

  it('reads SPDX as JSON; what lies elsewhere is declared', async () => {
    const reference = { referenceType: 'purl', referenceLocator: 'pkg:cargo/serde' };
    const text = JSON.stringify({
      ...{ spdxVersion: 'SPDX-2.2', documentDescribes: ['SPDXRef-a'] },
      packages: [{ SPDXID: 'SPDXRef-a', name: 'serde', versionInfo: '1.0.1', externalRefs: [reference] }, 7],
    });
    expect((await scan({ 'srv/app/a.spdx.json': text })).packages).toMatchObject([
      { purl: 'pkg:cargo/serde@1.0.1', scope: 'declared' },
    ]);
  });

  it('reads the form of Syft', async () => {
    const text = JSON.stringify({
      schema: {
        version: '16.0.0',
        url: 'https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-16.0.0.json',
      },
      artifacts: [
        {
          id: '1',
          name: 'a',
          version: '1',
          purl: 'pkg:gem/a@1',
          licenses: ['MIT'],
          cpes: ['cpe:2.3:a:a:a:1:*:*:*:*:*:*:*'],
        },
        {
          id: '2',
          name: 'b',
          version: '2',
          purl: 'pkg:gem/b@2',
          licenses: [{ value: 'x', spdxExpression: 'ISC' }],
          cpes: [{ cpe: 'cpe:2.3:a:b:b:2:*:*:*:*:*:*:*' }],
        },
        { id: '3', name: 'c', version: '3', purl: '' },
      ],
      artifactRelationships: [{ parent: '1', child: '2', type: 'dependency-of' }],
    });
    const { packages, relationships } = await scan({ 'app/app.syft.json': text });
    expect(packages).toMatchObject([
      { purl: 'pkg:gem/a@1', licenses: ['MIT'], cpes: [expect.any(String)] },
      { purl: 'pkg:gem/b@2', licenses: ['ISC'], cpes: [expect.any(String)] },
    ]);
    expect(relationships).toMatchObject([{ from: packages[1]?.id, to: packages[0]?.id }]);
  });

  it('reports broken documents only by names that are certain, and leaves those of others alone', async () => {
    const { packages, problems } = await scan({
      ...{ 'a/x.cdx.json': '{', 'a/y.cdx.xml': '<bom/>', 'a/z.spdx': '', 'a/bom.json': '{"a":1}', 'a/sbom.xml': '<a>' },
      'opt/bitnami/redis/.spdx-redis.spdx': 'hello',
      'usr/lib/python3/a.dist-info/sboms/b.cdx.json': cycloneDx,
    });
    expect(packages).toEqual([]);
    expect(problems.map(({ path }) => path)).toEqual(['a/x.cdx.json', 'a/y.cdx.xml', 'a/z.spdx']);
  });

  it('says so where a document has more components than are taken', async () => {
    const components = Array.from({ length: 50_001 }, () => ({ purl: 'unreadable' }));
    const text = JSON.stringify({ bomFormat: 'CycloneDX', components });
    expect(parseSbom(text)?.components.length).toBe(50_000);
    expect((await scan({ 'a/bom.json': text })).problems).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('parseSbom', () => {
  it('never throws', () => {
    const cut = fc
      .tuple(fc.constantFrom(cycloneDx, xml, tagValue), fc.nat(2_000), fc.nat(20), fc.string())
      .map(([text, at, length, more]) => text.slice(0, at) + more + text.slice(at + length));
    const shaped = fc.record({
      ...{ bomFormat: fc.constant('CycloneDX'), spdxVersion: fc.constant('SPDX-2.3') },
      ...{
        components: fc.jsonValue(),
        packages: fc.jsonValue(),
        dependencies: fc.jsonValue(),
        metadata: fc.jsonValue(),
      },
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          cut,
          shaped.map((value) => JSON.stringify(value)),
        ),
        (text) => void parseSbom(text),
      ),
    );
  });
});
