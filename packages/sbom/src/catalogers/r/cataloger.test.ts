import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { rCataloger } from './cataloger.ts';
import { parseRDescription } from './parse-description.ts';
import { parseRenvLock } from './parse-renv-lock.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [rCataloger as Cataloger]);

const source = `Package: dplyr
Type: Package
Title: A Grammar of Data
    Manipulation
Version: 1.1-4
Authors@R: c(
    person("Hadley", "Wickham"))
Maintainer: Hadley Wickham <hadley@example.com>
License: MIT + file LICENSE
URL: https://dplyr.example.org, https://github.com/tidyverse/dplyr
Depends: R (>= 3.5.0)
Imports: cli (>= 3.4.0), rlang,
    utils
Suggests: knitr
Repository: CRAN
`;
const built = 'Built: R 4.3.1; x86_64-pc-linux-gnu; 2023-11-18 00:00:00 UTC; unix\n';
const renv = JSON.stringify({
  R: { Version: '4.3.1', Repositories: [] },
  Packages: {
    cli: { Package: 'cli', Version: '3.6.1', Source: 'Repository', Repository: 'CRAN', Requirements: ['utils', 'R6'] },
    R6: { Package: 'R6', Version: '2.5.1', Source: 'GitHub', RemoteSha: '0123456789abcdef', Requirements: 'x' },
    broken: { Package: 'broken' },
  },
});

describe('rCataloger', () => {
  it('lists installed packages and what each needs of its library, not sources', async () => {
    const { packages, relationships, problems } = await inventory({
      'usr/lib/R/site-library/dplyr/DESCRIPTION': source + built,
      'usr/lib/R/site-library/rlang/DESCRIPTION': `Package: rlang\nVersion: 1.1.2\nPriority: recommended\n${built}`,
      'usr/lib/R/library/utils/DESCRIPTION': `Package: utils\nVersion: 4.3.1\nPriority: base\n${built}`,
      'src/dplyr/DESCRIPTION': source,
      'usr/share/other/DESCRIPTION': 'What this is about\n',
      'usr/share/large/DESCRIPTION': ' '.repeat(2_000_000),
    });
    expect(packages).toMatchObject([
      {
        ...{ purl: 'pkg:cran/dplyr@1.1-4', scope: 'installed', licenses: ['MIT + file LICENSE'] },
        ...{ supplier: 'Hadley Wickham <hadley@example.com>', description: 'A Grammar of Data Manipulation' },
        ...{ homepage: 'https://dplyr.example.org', details: { repository: 'CRAN', builtWith: 'R 4.3.1' } },
      },
      { purl: 'pkg:cran/rlang@1.1.2', details: { priority: 'recommended' } },
      { purl: 'pkg:cran/utils@4.3.1' },
    ]);
    const [dplyr, rlang, utils] = packages;
    expect(relationships.map(({ from, to }) => [from, to])).toEqual(
      [rlang, utils].map((needed) => [dplyr?.id, needed?.id]).sort(([, a], [, b]) => (`${a}` < `${b}` ? -1 : 1)),
    );
    expect(problems).toEqual([]);
  });

  it('lists what renv locked', async () => {
    const { packages, relationships } = await inventory({ 'app/renv.lock': renv });
    expect(packages.map(({ purl, scope, details }) => [purl, scope, details])).toEqual([
      ['pkg:cran/R6@2.5.1', 'declared', { source: 'GitHub', commit: '0123456789abcdef' }],
      ['pkg:cran/cli@3.6.1', 'declared', { source: 'Repository', repository: 'CRAN' }],
    ]);
    expect(relationships).toMatchObject([{ from: packages[1]?.id, to: packages[0]?.id }]);
  });

  it('reports a lock file it cannot read', async () => {
    const { problems } = await inventory({ 'renv.lock': '{}' });
    expect(problems).toMatchObject([{ code: 'malformed' }]);
  });

  it('reads anything without error', () => {
    fc.assert(
      fc.property(mutated(source + built, renv), (text) => {
        const read = [parseRDescription(text) ?? null, parseRenvLock(text) ?? null];
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });
});
