import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { makeZip, zipOf } from '../../zip/zip.test-support.ts';
import { pythonArchiveCataloger } from './archive-cataloger.ts';
import { pythonLockCataloger } from './lock-cataloger.ts';

const inventory = (cataloger: Cataloger<never>, layer: TestLayer) =>
  inventoryOf([layer], [cataloger as unknown as Cataloger]);

describe('pythonLockCataloger', () => {
  const layer = {
    'srv/uv.lock':
      '[[package]]\nname="a"\nversion="1"\ndependencies=[{name="B"},{name="two"}]\n[[package]]\nname="b"\nversion="1"\n[[package]]\nname="two"\nversion="1"\n[[package]]\nname="two"\nversion="2"\n',
    'srv/requirements-dev.txt': 'c==1\n',
    'srv/requirements/base.txt': 'd==1\n',
    'srv/Pipfile.lock': '{"_meta":{},"default":{"e":{"version":"==1"}}}',
    'srv/pylock.dev.toml': '[[packages]]\nname="f"\nversion="1"\n',
    'srv/notes.txt': 'g==1\n',
    'srv/pyproject.toml': 'x',
    'usr/lib/python3/site-packages/h/requirements.txt': 'h==1\n',
    'opt/poetry.lock': 'broken',
    'opt/pdm.lock': ' '.repeat(17 << 20),
  };

  it('declares packages of every kind of lock file, and needs where there is one version', async () => {
    const { packages, relationships, problems } = await inventory(pythonLockCataloger as Cataloger<never>, layer);
    expect(packages.map(({ name, version, scope }) => `${name} ${version} ${scope}`)).toEqual(
      ['a 1', 'b 1', 'c 1', 'd 1', 'e 1', 'f 1', 'two 1', 'two 2'].map((text) => `${text} declared`),
    );
    expect(relationships).toMatchObject([{ from: packages[0]?.id, to: packages[1]?.id }]);
    expect(problems).toMatchObject([
      { path: 'opt/pdm.lock', code: 'too-large' },
      { path: 'opt/poetry.lock', code: 'malformed' },
    ]);
  });
});

describe('pythonArchiveCataloger', () => {
  const metadata = (name: string): string => `Name: ${name}\nVersion: 1.0\nLicense: MIT\n\nText.\n`;

  it('finds what lies in eggs and wheels', async () => {
    const { packages, complete } = await inventory(pythonArchiveCataloger as Cataloger<never>, {
      'usr/share/python-wheels/a-1.0-py3-none-any.whl': zipOf({
        'a-1.0.dist-info/METADATA': metadata('a'),
        'a/_vendor/b-1.0.dist-info/METADATA': metadata('not'),
      }),
      'usr/lib/c-1.0-py3.11.egg': zipOf({ 'EGG-INFO/PKG-INFO': metadata('c') }),
      'srv/dragon.egg': 'no archive',
    });
    expect(packages).toMatchObject([
      { name: 'a', scope: 'installed', licenses: ['MIT'], purl: 'pkg:pypi/a@1.0' },
      { name: 'c', occurrences: [{ path: 'usr/lib/c-1.0-py3.11.egg' }] },
    ]);
    expect(complete).toBe(true);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory(pythonArchiveCataloger as Cataloger<never>, {
      'a.whl': 'none',
      'b.whl': zipOf({ 'b-1.dist-info/METADATA': 'Name: b\n' }),
      'c.whl': makeZip([{ name: 'c-1.dist-info/METADATA', content: metadata('c'), stated: { crc32: 1 } }]),
    });
    expect(problems.map(({ path, code }) => `${path} ${code}`)).toEqual([
      ...['a.whl malformed', 'b.whl malformed', 'c.whl malformed'],
    ]);
  });
});
