import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { ByteWriter } from '../../executable/byte-writer.test-support.ts';
import { elfImage, strings } from '../../executable/elf/elf-image.test-support.ts';
import { machOImage } from '../../executable/mach-o/mach-o-image.test-support.ts';
import { exportsOf, peImage } from '../../executable/pe/pe-image.test-support.ts';
import { graalvmCataloger } from './cataloger.ts';
import { parseGraalBom } from './parse-embedded-bom.ts';

const inventory = (content: Uint8Array) => inventoryOf([{ app: content }], [graalvmCataloger as Cataloger]);

const bom = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  metadata: {
    component: { type: 'application', name: 'app', group: 'com.example', version: '1.0', 'bom-ref': 'root' },
  },
  components: [
    {
      ...{ type: 'library', group: 'io.netty', name: 'netty-handler', version: '4.1.100.Final', 'bom-ref': 'netty' },
      ...{ purl: 'pkg:maven/io.netty/netty-handler@4.1.100.Final', licenses: [{ license: { id: 'Apache-2.0' } }] },
      properties: [{ name: 'syft:cpe23', value: 'cpe:2.3:a:netty:netty:4.1.100:*:*:*:*:*:*:*' }],
    },
    { name: 'java.base', version: '21.0.2', cpe: 'cpe:2.3:a:oracle:jdk:21:*:*:*:*:*:*:*' },
    { name: 'nameless' },
  ],
  dependencies: [{ ref: 'root', dependsOn: ['netty', 'missing'] }, { ref: 5 }],
};
const document = (value: unknown = bom) => gzipSync(typeof value === 'string' ? value : JSON.stringify(value));
const lengthOf = (bytes: Uint8Array, littleEndian = true) => new ByteWriter(littleEndian).u64(bytes.length).build();

function elfProgram(content: Uint8Array, length = lengthOf(content), is64 = true, type = 11): Uint8Array {
  const names = strings('xx_sbom', 'sbom_length', '__svm_version_info');
  const symbolBytes = is64 ? 24 : 16;
  return elfImage({
    is64,
    sections: [
      { name: '.strings', type: 3, content: names.bytes },
      { name: '.data', content: Buffer.concat([new Uint8Array(8), content]) },
      { name: '.length', content: length },
      {
        ...{ name: '.symbols', type, link: '.strings' },
        content: (place, writer) => {
          const table = writer().upTo(symbolBytes);
          const symbol = (name: number, address: number) =>
            is64 ? table.u32(name, 0).u64(address, 0) : table.u32(name, address, 0, 0);
          // The name is the end of a longer one, as linkers fold them.
          symbol(names.at('xx_sbom') + 3, place('.data').address + 8);
          symbol(names.at('sbom_length'), place('.length').address);
          symbol(names.at('__svm_version_info'), place('.data').address);
          return table.build();
        },
      },
    ],
    segments: [{ type: 1, flags: 6, of: '.data', to: '.length' }],
  });
}

const listed = [
  'pkg:generic/java.base@21.0.2',
  'pkg:maven/com.example/app@1.0',
  'pkg:maven/io.netty/netty-handler@4.1.100.Final',
];

describe('graalvmCataloger', () => {
  it.each([
    [true, 11],
    [false, 11],
    [true, 2],
  ])('finds the document by symbols, 64 bits: %s, table of type %s', async (is64, type) => {
    const { packages, relationships, problems } = await inventory(elfProgram(document(), undefined, is64, type));
    expect(packages.map(({ purl }) => purl)).toEqual(listed);
    expect(packages[2]).toMatchObject({
      licenses: ['Apache-2.0'],
      cpes: ['cpe:2.3:a:netty:netty:4.1.100:*:*:*:*:*:*:*'],
    });
    expect(packages[1]?.details).toEqual({ root: true });
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[1]?.id, to: packages[2]?.id }]);
    expect(problems).toEqual([]);
  });

  it('reads Mach-O and PE programs', async () => {
    const content = document();
    const machO = machOImage({
      sections: [
        { name: '__sbom', content },
        { name: '__length', content: lengthOf(content) },
      ],
      symbols: { sbom: ['__sbom', 0], sbom_length: ['__length', 0], __svm_version_info: ['__sbom', 0] },
    });
    const pe = peImage({
      directories: { 0: '.edata' },
      sections: [
        {
          name: '.edata',
          content: exportsOf('.edata', {
            __svm_version_info: (place) => place('.data').address,
            sbom: (place) => place('.data').address + 8,
            sbom_length: (place) => place('.data').address,
            other: () => 1,
          }),
        },
        { name: '.data', content: Buffer.concat([lengthOf(content), content]) },
      ],
    });
    for (const bytes of [machO, pe]) expect((await inventory(bytes)).packages.map(({ purl }) => purl)).toEqual(listed);
  });

  it.each([
    ['without length', elfProgram(document(), new Uint8Array(8)), 'malformed'],
    ['over the end', elfProgram(document(), new ByteWriter().u64(5_000).build()), 'malformed'],
    ['of absurd length', elfProgram(document(), new ByteWriter().u64(2 ** 40).build()), 'too-large'],
    ['that is a bomb', elfProgram(gzipSync(Buffer.alloc(33 * 1024 * 1024))), 'too-large'],
    ['that is not compressed', elfProgram(Buffer.from('{}')), 'malformed'],
    ['that is no JSON', elfProgram(document('{')), 'malformed'],
    ['of another format', elfProgram(document({ spdxVersion: 'SPDX-2.3' })), 'malformed'],
    [
      'of too many',
      elfProgram(document({ ...bom, components: Array.from({ length: 20_001 }, () => ({})) })),
      'too-large',
    ],
  ])('reports a document %s', async (_, bytes, code) => {
    expect((await inventory(bytes)).problems).toMatchObject([
      { code, reason: expect.stringMatching(/^GraalVM SBOM: /) },
    ]);
  });

  it('says nothing of other programs, nor of a native image without a document', async () => {
    const names = strings('__svm_version_info');
    const image = elfImage({
      sections: [
        { name: '.strings', type: 3, content: names.bytes },
        { name: '.symbols', type: 11, link: '.strings', content: new Uint8Array(24) },
      ],
    });
    for (const bytes of [image, elfImage({}), machOImage({}), peImage({})]) {
      expect(await inventory(bytes)).toMatchObject({ packages: [], problems: [] });
    }
  });
});

describe('parseGraalBom', () => {
  it('reads any JSON without throwing', () => {
    const inside = fc.json().map((json) => `{"bomFormat":"CycloneDX","components":[${json}],"dependencies":[${json}]}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), inside), (text) => {
        const result = parseGraalBom(text);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});
