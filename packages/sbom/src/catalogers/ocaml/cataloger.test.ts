import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { ocamlCataloger } from './cataloger.ts';
import { parseOpam } from './parse-opam.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [ocamlCataloger as Cataloger]);

const opam = `opam-version: "2.0"
synopsis: "Establishing \\"trust\\""
maintainer: ["Hannes <hannes@example.org>" "other"]
homepage: "https://u:p@example.org/conex"
license: ["BSD-2-Clause" "ISC"]
depends: [
  "ocaml" {>= "4.05.0"}
  "cmdliner" {= "1.0.2"}
  "logs" {= "0.7.0" & with-test}
]
build: [["dune" "subst"]]
url {
  src: "https://example.org/conex.tbz"
  checksum: [
    "md5=${'a1'.repeat(16)}"
    "sha256=${'b2'.repeat(32)}"
  ]
}
`;

describe('ocamlCataloger', () => {
  it('takes what a switch has installed by its place', async () => {
    const { packages } = await scan({
      'home/opam/.opam/4.14/.opam-switch/packages/conex.1.0.0~beta1/opam': opam,
      'home/opam/.opam/4.14/.opam-switch/sources/conex.1.0.0/conex.opam': opam,
    });
    expect(packages).toMatchObject([
      {
        ...{ purl: 'pkg:opam/conex@1.0.0~beta1', scope: 'installed', licenses: ['BSD-2-Clause', 'ISC'] },
        ...{ supplier: 'Hannes <hannes@example.org>', homepage: 'https://example.org/conex' },
        description: 'Establishing "trust"',
        hashes: [
          { algorithm: 'MD5', content: 'a1'.repeat(16) },
          { algorithm: 'SHA-256', content: 'b2'.repeat(32) },
        ],
      },
    ]);
    expect(packages).toHaveLength(1);
  });

  it('takes what a project states and pins as declared', async () => {
    const { packages, problems } = await scan({
      'app/app.opam.locked': `version: "3"\n${opam}`,
      'b/b.opam': 'hello',
    });
    expect(packages.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:opam/app@3', 'declared'],
      ['pkg:opam/cmdliner@1.0.2', 'declared'],
      ['pkg:opam/logs@0.7.0', 'declared'],
    ]);
    expect(problems).toEqual([]);
  });

  it('reports a file of a switch that is none', async () => {
    expect((await scan({ 'r/.opam-switch/packages/a.1/opam': 'hello' })).problems).toMatchObject([
      { code: 'malformed' },
    ]);
  });
});

describe('parseOpam', () => {
  it('never throws', () => {
    const cut = fc.tuple(fc.nat(500), fc.string()).map(([at, more]) => opam.slice(0, at) + more + opam.slice(at));
    fc.assert(fc.property(fc.oneof(fc.string(), cut), (text) => void parseOpam(text)));
  });

  it('is not slow on quotes and brackets without end', () => {
    const text = `opam-version: "2.0"\ndepends: [${'"a" {= "1" '.repeat(50_000)}`;
    const start = performance.now();
    parseOpam(text);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
