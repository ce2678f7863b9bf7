import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { markerCataloger } from '../embedded-sbom/marker.test-support.ts';
import { perlCataloger } from './cataloger.ts';
import { parseInstallJson, parsePerlMetaJson, parsePerlMetaYaml } from './parse-perl-metadata.ts';
import { parsePerllocal } from './parse-perllocal.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [perlCataloger as Cataloger, markerCataloger]);
const lib = 'usr/local/lib/perl5/site_perl/5.38.0/x86_64-linux-gnu';
const note = (module: string, version: string): string =>
  `=head2 Fri Jan  5 10:00:00 2024: C<Module> L<${module}|${module}>\n\n=over 4\n\n=item *\n\nC<LINKTYPE: dynamic>\n\n=item *\n\nC<VERSION: ${version}>\n\n=back\n\n`;

describe('perlCataloger', () => {
  it('reads what cpanminus installed, and which files it has', async () => {
    const { packages } = await scan({
      [`${lib}/.meta/URI-PackageURL-2.22/install.json`]: JSON.stringify({
        ...{ name: 'URI::PackageURL', target: 'URI::PackageURL', version: '2.22', dist: 'URI-PackageURL-2.22' },
        pathname: 'G/GD/GDT/URI-PackageURL-2.22.tar.gz',
      }),
      [`${lib}/auto/URI/PackageURL/.packlist`]: '/opt/x/marker type=file\n/usr/local/bin/purl-tool\n',
      'opt/x/marker': '',
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:cpan/URI-PackageURL@2.22?author=GDT', details: { archive: 'G/GD/GDT/URI-PackageURL-2.22.tar.gz' } },
      { purl: 'pkg:generic/marker@1', occurrences: [{ ownedBy: packages[0]?.id }] },
    ]);
  });

  it('reads what MakeMaker noted, the last note on each', async () => {
    const { packages } = await scan({
      'usr/lib/perl5/perllocal.pod': note('DBI', '1.640') + note('Try::Tiny', '0.31') + note('DBI', '1.643'),
    });
    expect(packages.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:cpan/DBI@1.643', 'installed'],
      ['pkg:cpan/Try-Tiny@0.31', 'installed'],
    ]);
  });

  it('takes what a build left behind as declared', async () => {
    const { packages } = await scan({
      'root/.cpan/build/Moo-2.005-0/META.json': JSON.stringify({
        ...{
          name: 'Moo',
          version: 'v2.5.0',
          abstract: 'Minimalist',
          author: ['mst', 'other'],
          license: ['perl_5', 'unknown'],
        },
        ...{ 'meta-spec': { version: 2 }, resources: { homepage: 'https://u:p@example.com/' } },
      }),
      'root/.cpanm/work/1/Try-Tiny-0.30/META.yml':
        '---\nname: Try::Tiny\nversion: 0.30\ngenerated_by: x\nlicense: mit\n',
      'root/.cpanm/work/1/A/META.yml': '{ broken',
      'srv/META.json': '{"name":"a","version":"1","generated_by":"x"}',
    });
    expect(packages).toMatchObject([
      {
        ...{ purl: 'pkg:cpan/Moo@v2.5.0', scope: 'declared', licenses: ['perl_5'], supplier: 'mst' },
        ...{ homepage: 'https://example.com/', description: 'Minimalist' },
      },
      { purl: 'pkg:cpan/Try-Tiny@0.30', licenses: ['mit'] },
    ]);
  });

  it('reports an install.json that is none', async () => {
    expect((await scan({ 'a/.meta/x/install.json': '{}' })).problems).toMatchObject([{ code: 'malformed' }]);
  });
});

describe('the parsers', () => {
  it('never throw', async () => {
    const shaped = fc.record({
      name: fc.jsonValue(),
      version: fc.jsonValue(),
      dist: fc.jsonValue(),
      license: fc.jsonValue(),
      'meta-spec': fc.constant({}),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          shaped.map((value) => JSON.stringify(value)),
        ),
        async (text) => {
          parseInstallJson(text);
          parsePerlMetaJson(text);
          await parsePerlMetaYaml(text);
          parsePerllocal(`=head2 x: C<Module> L<A::B|A::B>\n${text}`);
        },
      ),
    );
  });
});
