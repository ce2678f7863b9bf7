import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { machOImage } from '../../executable/mach-o/mach-o-image.test-support.ts';
import { peImage } from '../../executable/pe/pe-image.test-support.ts';
import { rustBinaryCataloger } from './cataloger.ts';
import { parseRustAuditData } from './parse-audit-data.ts';

const program = (content: Uint8Array) => elfImage({ sections: [{ name: '.dep-v0', content }] });
const packed = (value: unknown) => deflateSync(JSON.stringify(value));
const inventory = (content: Uint8Array) => inventoryOf([{ app: content }], [rustBinaryCataloger as Cataloger]);

const packages = [
  { name: 'app', version: '0.1.0', source: 'local', dependencies: [1, 2, 3, 3, 0, 99], root: true },
  { name: 'serde', version: '1.0.197', source: 'crates.io', dependencies: [2] },
  { name: 'itoa', version: '1.0.10', source: 'https://user:pass@crates.example.com/index', kind: 'runtime' },
  { name: 'cc', version: '1.0.0', source: 'crates.io', kind: 'build', dependencies: [2] },
];

describe('rustBinaryCataloger', () => {
  it('lists the crates of a program and what each needs, without those of the build alone', async () => {
    const result = await inventory(program(packed({ packages, format: 8 })));
    expect(result.packages).toMatchObject([
      { purl: 'pkg:cargo/app@0.1.0', details: { source: 'local', root: true } },
      { purl: 'pkg:cargo/itoa@1.0.10', details: { source: 'https://crates.example.com/index' } },
      { purl: 'pkg:cargo/serde@1.0.197', details: { source: 'crates.io' } },
    ]);
    const names = new Map(result.packages.map(({ id, name }) => [id, name]));
    expect(result.relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort()).toEqual([
      ...['app > itoa', 'app > serde', 'serde > itoa'],
    ]);
    expect(result.complete).toBe(true);
  });

  it('reads PE and Mach-O programs', async () => {
    const sections = [{ name: '.dep-v0', content: packed({ packages }) }];
    for (const bytes of [peImage({ sections }), machOImage({ sections })]) {
      expect((await inventory(bytes)).packages).toHaveLength(3);
    }
  });

  it('reads a list that other bytes follow', async () => {
    const content = Buffer.concat([packed({ packages }), new Uint8Array(100)]);
    expect((await inventory(program(content))).packages).toHaveLength(3);
  });

  it.each([
    ['not compressed', Buffer.from('{}'), 'malformed'],
    ['cut off', packed({ packages }).subarray(0, 40), 'malformed'],
    ['not JSON', deflateSync('{'), 'malformed'],
    ['no list', packed({ packages: 1 }), 'malformed'],
    ['a bomb', deflateSync(Buffer.alloc(9 * 1024 * 1024)), 'too-large'],
    ['too many', packed({ packages: Array.from({ length: 20_001 }, () => packages[1]) }), 'too-large'],
  ])('reports a list that is %s', async (_, content, code) => {
    const { problems } = await inventory(program(content));
    expect(problems).toMatchObject([{ path: 'app', code, reason: expect.stringMatching(/^section \.dep-v0: /) }]);
  });

  it('says nothing of other programs', async () => {
    const { packages: none, problems } = await inventory(elfImage({}));
    expect([none, problems]).toEqual([[], []]);
  });
});

describe('parseRustAuditData', () => {
  it('keeps the place of a crate without a name', () => {
    const data = parseRustAuditData(JSON.stringify({ packages: [null, { name: 'a b', version: '1' }, packages[1]] }));
    expect(data).toMatchObject({ crates: [{ name: '' }, { name: '' }, { name: 'serde' }], truncated: false });
  });

  it('leaves dependencies out once there are absurdly many', () => {
    const dependencies = Array.from({ length: 150_000 }, () => 0);
    const data = parseRustAuditData(
      JSON.stringify({
        packages: [
          { ...packages[1], dependencies },
          { ...packages[1], dependencies },
        ],
      }),
    );
    expect(data).toMatchObject({ truncated: true });
  });

  it('reads any JSON without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((json) => `{"packages":[${json}]}`),
        ),
        (text) => {
          const data = parseRustAuditData(text);
          expect(JSON.parse(JSON.stringify(data))).toEqual(data);
        },
      ),
    );
  });
});
