import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { SbomError } from '../../sbom-error.ts';
import { snapCataloger } from './cataloger.ts';
import { parseSnapYaml } from './parse-snap-yaml.ts';

const yaml = `name: core22
version: 1.10
type: base
base: none
summary: Runtime environment
license: Apache-2.0 AND MIT
architectures: [amd64]
links:
  website: [https://example.org]
grade: stable
confinement: strict
`;
const inventory = (layer: TestLayer) => inventoryOf([layer], [snapCataloger as Cataloger]);

describe('snapCataloger', () => {
  it('makes a package of an unpacked snap, its version as written', async () => {
    const { packages, complete } = await inventory({ 'snap/core22/864/meta/snap.yaml': yaml });
    expect(packages).toMatchObject([
      {
        ...{ type: 'snap', class: 'os', name: 'core22', version: '1.10', architecture: 'amd64' },
        ...{ licenses: ['Apache-2.0 AND MIT'], description: 'Runtime environment', homepage: 'https://example.org' },
        details: { snapType: 'base', base: 'none', grade: 'stable', confinement: 'strict' },
        purl: 'pkg:snap/core22@1.10?arch=amd64',
      },
    ]);
    expect(complete).toBe(true);
  });

  it('knows an image that is itself a snap, and no snap.yaml anywhere else', async () => {
    const { packages } = await inventory({ 'meta/snap.yaml': yaml, 'src/snap/local/snap.yaml': yaml });
    expect(packages).toMatchObject([{ name: 'core22', occurrences: [{ path: 'meta/snap.yaml' }] }]);
  });

  it.each([
    ['no YAML', 'name: [unclosed'],
    ['nameless', 'version: 1\n'],
    ['a list', '- a\n'],
  ])('reports one that is %s', async (_, text) => {
    const { problems } = await inventory({ 'snap/a/1/meta/snap.yaml': text });
    expect(problems).toMatchObject([{ cataloger: 'snap', code: 'malformed' }]);
  });
});

describe('parseSnapYaml', () => {
  it('names no architecture where there are several, or it is for all', async () => {
    for (const list of ['[amd64, arm64]', '[all]', '[{build-on: amd64}]', 'amd64']) {
      expect(await parseSnapYaml(`name: a\nversion: 1\narchitectures: ${list}\n`)).toEqual({ name: 'a', version: '1' });
    }
  });

  it('does not follow aliases without end', async () => {
    const bomb = `a: &a [${'x,'.repeat(9)}x]\n${['b', 'c', 'd', 'e', 'f', 'g']
      .map((key, index) => `${key}: &${key} [${`*${String.fromCharCode(97 + index)},`.repeat(9)}x]\n`)
      .join('')}`;
    await expect(parseSnapYaml(`${bomb}name: a\nversion: 1\n`)).rejects.toThrow(SbomError);
  });

  it('throws nothing but its own error on mutated files', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(yaml.length), fc.nat(10), fc.string(), async (at, remove, insert) => {
        try {
          const snap = (await parseSnapYaml(yaml.slice(0, at) + insert + yaml.slice(at + remove))) ?? {};
          expect(JSON.parse(JSON.stringify(snap))).toEqual(snap);
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED' });
        }
      }),
    );
  });
});
