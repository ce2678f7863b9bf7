import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { goModuleCataloger } from './cataloger.ts';
import { compareGoVersions } from './compare-versions.ts';
import { parseGoMod } from './parse-go-mod.ts';
import { parseGoSum } from './parse-go-sum.ts';
import { parseVendoredModules } from './parse-vendored-modules.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [goModuleCataloger as Cataloger]);
const sum = (letter: string) => `h1:${letter.repeat(43)}=`;

const goMod = `// The application.
module example.com/app // ours

go 1.22

toolchain go1.22.3

require (
	github.com/a/b v1.2.0
	"example.com/quoted" v0.1.0 // indirect
	github.com/old/one v1.0.0 // indirect
)

require golang.org/x/net v0.20.0

replace github.com/old/one v1.0.0 => github.com/new/one/v2 v2.1.0

replace (
	golang.org/x/net => ../net
)

exclude github.com/a/b v1.1.0
`;

const goSum = `github.com/a/b v1.2.0 ${sum('A')}
github.com/a/b v1.2.0/go.mod ${sum('B')}
github.com/c/d v1.9.0 ${sum('C')}
github.com/c/d v1.10.0-rc.1 ${sum('D')}
github.com/e/f v0.0.1/go.mod ${sum('E')}
broken line
`;

const modulesTxt = `# github.com/a/b v1.2.0
## explicit; go 1.20
github.com/a/b
github.com/a/b/c
# github.com/unused/one v1.0.0
## explicit
# github.com/old/one v1.0.0 => github.com/new/one/v2 v2.1.0
github.com/old/one
# golang.org/x/net => ../net
golang.org/x/net/html
`;

describe('goModuleCataloger', () => {
  it('lists what a project requires, with replacements and sums', async () => {
    const { packages, problems } = await inventory({ 'src/go.mod': goMod, 'src/go.sum': goSum });
    expect(packages.map(({ purl, scope, details }) => [purl, scope, details])).toEqual([
      ['pkg:golang/example.com/quoted@v0.1.0', 'declared', { indirect: true }],
      ['pkg:golang/github.com/a/b@v1.2.0', 'declared', { sum: sum('A') }],
      [
        'pkg:golang/github.com/new/one/v2@v2.1.0',
        'declared',
        { indirect: true, replaces: 'github.com/old/one@v1.0.0' },
      ],
    ]);
    expect(problems).toEqual([]);
  });

  it('takes from go.sum what go.mod does not name before Go 1.17: the highest version of each module', async () => {
    const { packages } = await inventory({
      'go.mod': 'module example.com/app\n\ngo 1.16\n\nrequire github.com/a/b v1.2.0\n',
      'go.sum': goSum,
    });
    expect(packages.map(({ purl }) => purl)).toEqual([
      'pkg:golang/github.com/a/b@v1.2.0',
      'pkg:golang/github.com/c/d@v1.10.0-rc.1',
    ]);
  });

  it('lists the modules whose packages were vendored', async () => {
    const { packages } = await inventory({
      'src/vendor/modules.txt': modulesTxt,
      'src/other/modules.txt': '# x v1\nx\n',
    });
    expect(packages.map(({ purl, details }) => [purl, details])).toEqual([
      ['pkg:golang/github.com/a/b@v1.2.0', { vendored: true }],
      ['pkg:golang/github.com/new/one/v2@v2.1.0', { vendored: true, replaces: 'github.com/old/one@v1.0.0' }],
    ]);
  });

  it('knows the layer that first required a version', async () => {
    const { packages } = await inventory(
      { 'go.mod': 'module a\ngo 1.20\nrequire example.com/b v1.0.0\n' },
      { 'go.mod': 'module a\ngo 1.20\nrequire (\nexample.com/b v1.0.0\nexample.com/c v1.0.0\n)\n' },
    );
    expect(packages.map(({ name, occurrences }) => [name, occurrences[0]?.introducedIn])).toEqual([
      ['b', 0],
      ['c', 1],
    ]);
  });

  it('passes over the module cache, test data, and files that only mark a directory', async () => {
    const { packages, problems } = await inventory({
      'root/go/pkg/mod/github.com/x/y@v1.0.0/go.mod': goMod,
      'usr/src/app/testdata/go.mod': goMod,
      'node_modules/go.mod': '',
      'sub/go.mod': 'module {{ .Name }}\n',
    });
    expect([packages, problems]).toEqual([[], []]);
  });

  it('reports a file that is too large', async () => {
    const { problems } = await inventory({ 'go.sum': 'x'.repeat(9 * 1024 * 1024) });
    expect(problems).toMatchObject([{ code: 'too-large' }]);
  });
});

describe('compareGoVersions', () => {
  it('orders as Semantic Versioning does', () => {
    const ordered = [
      'v1.0.0-alpha',
      'v1.0.0-alpha.1',
      'v1.0.0-beta.2',
      'v1.0.0-beta.11',
      'v1.0.0',
      'v1.2.0',
      'v1.10.0',
    ];
    expect([...ordered].reverse().sort(compareGoVersions)).toEqual(ordered);
    expect(compareGoVersions('v1.0.0+incompatible', 'v1.0.0')).toBe(0);
    expect(compareGoVersions('1.17', '1.17')).toBe(0);
    expect(compareGoVersions('1.9', '1.17')).toBeLessThan(0);
    expect(compareGoVersions('v1.0.0-1', 'v1.0.0-a')).toBeLessThan(0);
  });
});

it('the parsers read anything without error', () => {
  fc.assert(
    fc.property(mutated(goMod, goSum, modulesTxt), (text) => {
      const read = [parseGoMod(text) ?? null, parseGoSum(text), parseVendoredModules(text)];
      expect(JSON.parse(JSON.stringify(read))).toEqual(read);
    }),
  );
});
