import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { pythonCataloger } from '../python/cataloger.ts';
import { condaCataloger } from './cataloger.ts';
import { parseCondaMeta } from './parse-conda-meta.ts';

const inventory = (...layers: TestLayer[]) =>
  inventoryOf(layers, [condaCataloger as Cataloger, pythonCataloger as Cataloger]);

const numpy = {
  ...{ name: 'numpy', version: '1.26.4', build: 'py311h64a7726_0', subdir: 'linux-64' },
  channel: 'https://conda.anaconda.org/conda-forge/linux-64',
  ...{ fn: 'numpy-1.26.4-py311h64a7726_0.conda', license: 'BSD-3-Clause' },
  ...{ md5: 'ab'.repeat(16), sha256: 'cd'.repeat(32), requested_spec: 'numpy' },
  depends: ['python >=3.11,<3.12.0a0', '__glibc >=2.17', 'conda-forge::libblas', 7],
  files: ['lib/python3.11/site-packages/numpy-1.26.4.dist-info/METADATA'],
};
const python = { name: 'python', version: '3.11.0', build: 'h_0', subdir: 'linux-64', channel: 'pkgs/main' };
const place = (pkg: { name: string; version: string; build: string }, root = 'opt/conda'): string =>
  `${root}/conda-meta/${pkg.name}-${pkg.version}-${pkg.build}.json`;

describe('condaCataloger', () => {
  it('makes packages with build, channel and platform, their hashes and needs', async () => {
    const { packages, relationships } = await inventory({
      [place(numpy)]: JSON.stringify(numpy),
      [place(python)]: JSON.stringify(python),
      [place(python, 'opt/other')]: JSON.stringify({ ...python, build: 'other' }),
      'opt/conda/conda-meta/state.json': '{}',
      'opt/conda/conda-meta/history': '',
    });
    expect(packages).toHaveLength(3);
    expect(packages[0]).toMatchObject({
      ...{ type: 'conda', class: 'language', scope: 'installed', name: 'numpy', licenses: ['BSD-3-Clause'] },
      purl: 'pkg:conda/numpy@1.26.4?build=py311h64a7726_0&channel=conda-forge&subdir=linux-64&type=conda',
      hashes: [
        { algorithm: 'MD5', content: numpy.md5 },
        { algorithm: 'SHA-256', content: numpy.sha256 },
      ],
      details: { build: 'py311h64a7726_0', channel: 'conda-forge', subdir: 'linux-64', requested: 'numpy' },
    });
    const needed = packages.find(({ purl }) => purl.includes('build=h_0'));
    expect(needed?.purl).toBe('pkg:conda/python@3.11.0?build=h_0&channel=main&subdir=linux-64');
    expect(relationships).toMatchObject([{ from: packages[0]?.id, to: needed?.id }]);
  });

  it('owns the files of its packages', async () => {
    const { packages } = await inventory({
      [place(numpy)]: JSON.stringify(numpy),
      [`opt/conda/${numpy.files[0]}`]: 'Name: numpy\nVersion: 1.26.4\n',
    });
    const [conda, pypi] = packages;
    expect(pypi).toMatchObject({ type: 'pypi', occurrences: [{ ownedBy: conda?.id }] });
  });

  it('says which layer first had this version in a place', async () => {
    const path = place(python);
    const result = await inventory({ [path]: JSON.stringify(python) }, { [path]: JSON.stringify({ ...python, x: 1 }) });
    expect(placesOf(result)).toEqual([{ name: 'python', path, layer: 1, introducedIn: 0 }]);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'env/conda-meta/a-1-0.json': '{',
      'env/conda-meta/b-1-0.json': '{"name":"b"}',
      'conda-meta/c-1-0.json': '{"version":"1"}',
      'env/conda-meta/d-1-0.json': '[]',
    });
    expect(problems.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'conda-meta/c-1-0.json no usable name',
      'env/conda-meta/a-1-0.json not JSON (SyntaxError)',
      'env/conda-meta/b-1-0.json no usable version',
      'env/conda-meta/d-1-0.json not a JSON object',
    ]);
  });
});

describe('parseCondaMeta', () => {
  const channelOf = (channel: unknown, subdir = 'linux-64'): string | undefined => {
    const meta = parseCondaMeta(JSON.stringify({ name: 'a', version: '1', channel, subdir }), '');
    return meta.kind === 'package' ? meta.pkg.channel : undefined;
  };

  it.each([
    ['https://repo.anaconda.com/pkgs/main/linux-64', 'main'],
    ['https://repo.anaconda.com/pkgs/main', 'main'],
    ['conda-forge', 'conda-forge'],
    ['https://conda.anaconda.org/t/secret-token/private/linux-64', 'private'],
    ['https://user:secret@conda.example.com/t/secret-token/team/linux-64', 'https://conda.example.com/team'],
    ['<unknown channel>', undefined],
    [7, undefined],
  ])('reads the channel %s without what is secret in it', (channel, expected) => {
    expect(channelOf(channel)).toBe(expected);
  });

  it('reads any JSON without throwing, into plain JSON', () => {
    const fields = fc.constantFrom('channel', 'depends', 'files', 'md5', 'fn', 'license', 'requested_spec', 'build');
    const record = fc
      .dictionary(fields, fc.jsonValue())
      .map((more) => JSON.stringify({ name: 'a', version: '1', ...more }));
    fc.assert(
      fc.property(fc.oneof(record, fc.json(), fc.string()), (text) => {
        const result = parseCondaMeta(text, 'opt/');
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  }, 30_000);
});
