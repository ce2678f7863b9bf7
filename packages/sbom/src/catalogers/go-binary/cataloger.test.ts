import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { peImage } from '../../executable/pe/pe-image.test-support.ts';
import { goBinaryCataloger } from './cataloger.ts';
import { goProgram } from './go-program.test-support.ts';

const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [goBinaryCataloger as Cataloger]);

const modules = [
  'path\texample.com/org/app/cmd/server',
  'mod\texample.com/org/app\t(devel)\t',
  'dep\tgithub.com/a/b\tv1.0.0\th1:x=',
  'dep\tgithub.com/c/d/v2\tv2.1.0',
  '=>\tgithub.com/e/d\tv2.2.0\th1:y=',
  'dep\tk8s.io/api\tv0.0.0',
  '=>\t./staging/api',
  'build\tGOOS=linux',
  'build\t-ldflags="-X main.version=v3.1.4 -X main.token=hunter2"',
].join('\n');

describe('goBinaryCataloger', () => {
  it('lists the main module, its modules as they were replaced, and the standard library', async () => {
    const { packages, relationships, complete } = await inventory({ 'usr/bin/app': goProgram(`${modules}\n`) });
    expect(packages.map(({ purl }) => purl)).toEqual([
      'pkg:golang/stdlib@1.22.1',
      'pkg:golang/example.com/org/app@v3.1.4',
      'pkg:golang/github.com/a/b@v1.0.0',
      'pkg:golang/github.com/e/d@v2.2.0',
      'pkg:golang/k8s.io/api@v0.0.0',
    ]);
    expect(packages[1]?.details).toEqual({
      ...{ mainModule: true, mainPackage: 'example.com/org/app/cmd/server', statedVersion: '(devel)' },
      ...{ goVersion: 'go1.22.1', settings: { GOOS: 'linux' } },
    });
    expect(packages[3]?.details).toEqual({ sum: 'h1:y=', replaces: 'github.com/c/d/v2@v2.1.0' });
    expect(packages[4]?.details).toEqual({ replacedBy: './staging/api' });
    expect(relationships.filter(({ from }) => from === packages[1]?.id)).toHaveLength(4);
    expect(complete).toBe(true);
  });

  it('keeps linker flags to itself, for people pass secrets there', async () => {
    expect(JSON.stringify(await inventory({ app: goProgram(`${modules}\n`) }))).not.toContain('hunter2');
  });

  it('lists a module once for two programs, and says which layer first had it', async () => {
    const one = 'mod\texample.com/a\tv1.0.0\n';
    const result = await inventory(
      { 'bin/a': goProgram(one), 'bin/b': goProgram(one) },
      { 'bin/a': goProgram(`${one}\n`) },
    );
    expect(result.packages.map(({ name }) => name)).toEqual(['stdlib', 'a']);
    expect(placesOf(result).filter(({ name }) => name === 'a')).toEqual([
      { name: 'a', path: 'bin/a', layer: 1, introducedIn: 0 },
      { name: 'a', path: 'bin/b', layer: 0, introducedIn: 0 },
    ]);
  });

  it.each([
    ['go1.22.1', '1.22.1'],
    ['go1.20.3 X:boringcrypto', '1.20.3'],
    ['devel go1.23-abcdef Mon Jan 1', 'devel-go1.23-abcdef'],
    ['go1.19.13-1.el9', '1.19.13-1.el9'],
  ])('takes %j for standard library %s', async (version, expected) => {
    const { packages } = await inventory({ app: goProgram('', version) });
    expect(packages).toMatchObject([{ name: 'stdlib', version: expected, details: { goVersion: version } }]);
  });

  it('lists the module that the main package of a program without modules tells', async () => {
    const ldflags = 'build\t-ldflags="-X github.com/docker/cli/cli/version.Version=28.2.2"\n';
    const { packages } = await inventory({ app: goProgram(`path\tgithub.com/docker/cli/cmd/docker\n${ldflags}`) });
    expect(packages[1]).toMatchObject({
      purl: 'pkg:golang/github.com/docker/cli@v28.2.2',
      details: { assumed: true, mainPackage: 'github.com/docker/cli/cmd/docker' },
    });
  });

  it('lists no module for a program that was built from files, nor one with a broken name', async () => {
    const text =
      'dep\texample.com/a\tv1\n=>\tC:\\src\\a\t(devel)\npath\tcommand-line-arguments\nmod\tcommand-line-arguments\t(devel)\ndep\t../x\tv1\ndep\tx/\tv1\n';
    const { packages } = await inventory({ app: goProgram(text) });
    expect(packages.map(({ name, version }) => `${name}@${version}`)).toEqual(['stdlib@1.22.1', 'a@v1']);
  });

  it('reports what UPX compressed as not readable', async () => {
    const packed = {
      sections: [{ name: 'x', content: Buffer.from('\0\0\0\0UPX!') }],
      segments: [{ type: 1, of: 'x' }],
    };
    const empty = new Uint8Array(16);
    const { problems } = await inventory({
      'bin/elf': elfImage({ ...packed, type: 2, withoutSections: true }),
      'bin/pe.exe': peImage({ sections: ['UPX0', 'UPX1'].map((name) => ({ name, content: empty })) }),
    });
    expect(problems).toMatchObject([
      { path: 'bin/elf', code: 'unsupported' },
      { path: 'bin/pe.exe', code: 'unsupported' },
    ]);
  });

  it('says so when there are more modules than it reads', async () => {
    const { problems } = await inventory({ app: goProgram('dep\ta.b/c\tv1\n'.repeat(20_001)) });
    expect(problems).toMatchObject([{ path: 'app', code: 'too-large' }]);
  });
});
