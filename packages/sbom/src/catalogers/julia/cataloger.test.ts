import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { juliaCataloger } from './cataloger.ts';
import { parseJuliaManifest, parseJuliaProject } from './parse-julia.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [juliaCataloger as Cataloger]);
const json = '682c06a0-de6a-54ab-a142-c8b1cf79cde6';
const parsers = '69DE0A69-1DDD-5017-9359-2BF0B02DC9F0';

const locked = (prefix: string): string => `
[[${prefix}JSON]]
deps = ["Parsers", "Dates"]
git-tree-sha1 = "31e996f0a15c7b280ba9f76636b3ff9e2ae58c9a"
uuid = "${json}"
version = "0.21.4"

[[${prefix}Parsers]]
uuid = "${parsers}"
version = "2.8.1"
[${prefix}Parsers.deps]
JSON = "${json}"

[[${prefix}Dates]]
uuid = "ade2ca70-3891-5945-98fb-dc099432e06a"
`;

describe('juliaCataloger', () => {
  it.each([
    ['1', locked('')],
    ['2', `julia_version = "1.10.0"\nmanifest_format = "2.0"\n${locked('deps.')}`],
  ])('reads manifests of format %s', async (_, text) => {
    const { packages, relationships } = await scan({ 'app/Manifest.toml': text });
    expect(packages).toMatchObject([
      {
        ...{ purl: `pkg:julia/JSON@0.21.4?uuid=${json}`, scope: 'declared' },
        details: { tree: '31e996f0a15c7b280ba9f76636b3ff9e2ae58c9a' },
      },
      { purl: `pkg:julia/Parsers@2.8.1?uuid=${parsers.toLowerCase()}` },
    ]);
    expect(packages).toHaveLength(2);
    expect(relationships).toHaveLength(2);
  });

  it('reads what is installed, and no projects', async () => {
    const project = `name = "JSON"\nuuid = "${json}"\nversion = "0.21.4"\n[deps]\nParsers = "${parsers}"\n`;
    const { packages, problems } = await scan({
      'root/.julia/packages/JSON/93Ea8/Project.toml': project,
      'usr/share/julia/stdlib/v1.10/JSON/Project.toml': project,
      'root/.julia/packages/Other/93Ea8/Project.toml': project,
      'app/Project.toml': project,
      'app/rust/Manifest.toml': 'a = 1',
    });
    expect(packages).toMatchObject([{ name: 'JSON', scope: 'installed', occurrences: [{}, {}] }]);
    expect(problems).toEqual([]);
  });
});

describe('the parsers', () => {
  it('never throw', () => {
    const cut = fc
      .tuple(fc.nat(300), fc.string())
      .map(([at, more]) => locked('').slice(0, at) + more + locked('').slice(at));
    fc.assert(
      fc.property(fc.oneof(fc.string(), cut), (text) => {
        parseJuliaManifest(text);
        parseJuliaProject(text);
      }),
    );
  });
});
