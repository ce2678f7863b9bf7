import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { homebrewCataloger } from './cataloger.ts';
import { parseHomebrewFormula } from './parse-formula.ts';
import { parseHomebrewReceipt } from './parse-receipt.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [homebrewCataloger as Cataloger]);
const cellar = 'home/linuxbrew/.linuxbrew/Cellar';

const formula = `class Jq < Formula
  desc "Lightweight \\"JSON\\" processor"
  homepage "https://jqlang.github.io/jq/"
  url "https://example.org/jq-1.7.1.tar.gz"
  license "MIT"

  def install
    desc "not this"
  end
end
`;
const receipt = (fields: object = {}): string =>
  JSON.stringify({ arch: 'x86_64', poured_from_bottle: true, source: { tap: 'homebrew/core' }, ...fields });

describe('homebrewCataloger', () => {
  it('joins the receipt and the formula of a keg', async () => {
    const { packages, relationships, complete } = await inventory({
      [`${cellar}/jq/1.7.1/INSTALL_RECEIPT.json`]: receipt({
        ...{ installed_on_request: true, runtime_dependencies: [{ full_name: 'oniguruma' }, { full_name: 'gone' }] },
      }),
      [`${cellar}/jq/1.7.1/.brew/jq.rb`]: formula,
      [`${cellar}/oniguruma/6.9.9_1/INSTALL_RECEIPT.json`]: receipt({ installed_on_request: false }),
    });
    expect(packages).toMatchObject([
      {
        ...{ type: 'brew', class: 'os', name: 'jq', version: '1.7.1', architecture: 'x86_64', licenses: ['MIT'] },
        ...{ description: 'Lightweight "JSON" processor', homepage: 'https://jqlang.github.io/jq/' },
        ...{ details: { tap: 'homebrew/core', bottle: true }, purl: 'pkg:brew/jq@1.7.1' },
        occurrences: [{ path: `${cellar}/jq/1.7.1/INSTALL_RECEIPT.json` }],
      },
      { name: 'oniguruma', version: '6.9.9_1', details: { autoInstalled: true } },
    ]);
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[0]?.id, to: packages[1]?.id }]);
    expect(complete).toBe(true);
  });

  it('names the tap of what is not from the default one', async () => {
    const { packages } = await inventory({
      [`${cellar}/postgresql@14/14.1/INSTALL_RECEIPT.json`]: receipt({ source: { tap: 'some-org/tools' } }),
    });
    expect(packages[0]?.purl).toBe('pkg:brew/some-org/tools/postgresql%4014@14.1');
  });

  it('does with a formula alone, and knows the layer', async () => {
    const result = await inventory({ other: 'x' }, { 'opt/homebrew/Cellar/foo/1.2.3/.brew/foo.rb': formula });
    expect(placesOf(result)).toEqual([
      { name: 'foo', path: 'opt/homebrew/Cellar/foo/1.2.3/.brew/foo.rb', layer: 1, introducedIn: 1 },
    ]);
  });

  it('reports a receipt that cannot be read', async () => {
    const { problems } = await inventory({
      [`${cellar}/a/1/INSTALL_RECEIPT.json`]: '{',
      [`${cellar}/b/1/INSTALL_RECEIPT.json`]: '[]',
      'srv/INSTALL_RECEIPT.json': '{',
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      [`${cellar}/a/1/INSTALL_RECEIPT.json`, 'malformed'],
      [`${cellar}/b/1/INSTALL_RECEIPT.json`, 'malformed'],
    ]);
  });
});

describe('parseHomebrewFormula', () => {
  it.each([
    ['"MIT"', 'MIT'],
    ['any_of: ["MIT", "Apache-2.0"]', 'MIT OR Apache-2.0'],
    ['all_of: [\n    "MIT",\n    "ISC",\n  ]', 'MIT AND ISC'],
    ['"GPL-2.0-only" # and more', 'GPL-2.0-only'],
    [':public_domain', undefined],
    ['"GPL-2.0-only" => { with: "Classpath-exception-2.0" }', undefined],
    ['any_of: ["MIT", { all_of: ["ISC"] }]', undefined],
    ['constructor', undefined],
  ])('reads license %s', (statement, license) => {
    expect(parseHomebrewFormula(`class A < Formula\n  license ${statement}\n  url "x"\nend\n`).license).toBe(license);
  });

  it('reads any text without throwing', { timeout: 60_000 }, () => {
    const piece = fc.constantFrom('  license ', '  desc ', '"', '[', ']', '\\', '\n', 'a', 'any_of: ');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const result = parseHomebrewFormula(pieces.join(''));
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});

describe('parseHomebrewReceipt', () => {
  it('takes any JSON object, whatever is in it', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('source', 'arch', 'runtime_dependencies'), fc.jsonValue()),
        (fields) => {
          const result = parseHomebrewReceipt(JSON.stringify(fields));
          expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        },
      ),
    );
  });
});
