import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { dotnetCataloger } from './cataloger.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [dotnetCataloger as Cataloger]);
const sha512 = `${'A'.repeat(86)}==`;
const hash = { algorithm: 'SHA-512', content: '00'.repeat(64) };

const depsJson = JSON.stringify({
  runtimeTarget: { name: '.NETCoreApp,Version=v8.0/linux-x64', signature: '' },
  targets: {
    '.NETCoreApp,Version=v8.0': {},
    '.NETCoreApp,Version=v8.0/linux-x64': {
      'App/1.0.0': {
        dependencies: { Meta: '2.0.0', Analyzer: '3.0.0', 'runtimepack.Runtime.linux-x64': '8.0.1' },
        runtime: { 'App.dll': {} },
      },
      'Meta/2.0.0': { dependencies: { 'newtonsoft.json': '13.0.3' } },
      'Newtonsoft.Json/13.0.3': { runtime: { 'lib/net6.0/Newtonsoft.Json.dll': { assemblyVersion: '13.0.0.0' } } },
      'Analyzer/3.0.0': { runtime: { 'lib/netstandard1.0/_._': {} } },
      'runtimepack.Runtime.linux-x64/8.0.1': { native: { 'libcoreclr.so': {} } },
    },
  },
  libraries: {
    'App/1.0.0': { type: 'project', serviceable: false, sha512: '' },
    'Meta/2.0.0': { type: 'package' },
    'Newtonsoft.Json/13.0.3': { type: 'package', sha512: `sha512-${sha512}` },
    'Analyzer/3.0.0': { type: 'package' },
    'runtimepack.Runtime.linux-x64/8.0.1': { type: 'runtimepack' },
    'Plain.Reference/1.0': { type: 'reference' },
    nonsense: { type: 'package' },
  },
});

function relations({ packages, relationships }: Awaited<ReturnType<typeof inventory>>): string[] {
  const names = new Map(packages.map(({ id, name }) => [id, name]));
  return relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort();
}

describe('dotnetCataloger, for programs', () => {
  it('lists the libraries of a program, those without files at run time as declared', async () => {
    const result = await inventory({ 'app/App.deps.json': depsJson });
    expect(result.packages).toMatchObject([
      { purl: 'pkg:nuget/App@1.0.0', scope: 'installed', details: { libraryType: 'project' } },
      { purl: 'pkg:nuget/Meta@2.0.0', scope: 'installed' },
      { purl: 'pkg:nuget/Newtonsoft.Json@13.0.3', scope: 'installed', hashes: [hash] },
      { purl: 'pkg:nuget/Runtime.linux-x64@8.0.1', details: { libraryType: 'runtimepack' } },
    ]);
    expect(relations(result)).toEqual(['App > Meta', 'App > Runtime.linux-x64', 'Meta > Newtonsoft.Json']);
    expect(result.problems).toEqual([]);
  });

  it('takes the largest target where none is chosen, and all libraries as there where there is no target', async () => {
    const library = { 'A/1': { type: 'package' }, 'B/1': { type: 'package' } };
    const chosen = { small: {}, large: { 'A/1': { runtime: { 'A.dll': {} } } } };
    const first = await inventory({ 'x.deps.json': JSON.stringify({ targets: chosen, libraries: library }) });
    expect(first.packages.map(({ name }) => name)).toEqual(['A']);
    const second = await inventory({ 'X.DEPS.JSON': JSON.stringify({ libraries: library }) });
    expect(second.packages.map(({ name }) => name)).toEqual(['A', 'B']);
  });
});

describe('dotnetCataloger, for projects', () => {
  it('reads packages.lock.json, each package once for all frameworks', async () => {
    const net8 = {
      Serilog: {
        type: 'Direct',
        requested: '[3.0.0, )',
        resolved: '3.0.0',
        contentHash: sha512,
        dependencies: { 'x.Y': '1.0.0' },
      },
      'X.y': { type: 'Transitive', resolved: '1.2.0' },
      'my.project': { type: 'Project', dependencies: { Serilog: '[3.0.0, )' } },
    };
    const lock = {
      version: 1,
      dependencies: { 'net8.0': net8, 'net6.0': { Serilog: { type: 'Direct', resolved: '3.0.0' } } },
    };
    const result = await inventory({ 'src/packages.lock.json': JSON.stringify(lock) });
    expect(result.packages).toMatchObject([
      {
        ...{ purl: 'pkg:nuget/Serilog@3.0.0', scope: 'declared', hashes: [hash] },
        details: { direct: true, frameworks: ['net8.0', 'net6.0'] },
      },
      { purl: 'pkg:nuget/X.y@1.2.0', details: { frameworks: ['net8.0'] } },
    ]);
    expect(relations(result)).toEqual(['Serilog > X.y']);
  });

  it('reads project.assets.json', async () => {
    const assets = {
      version: 3,
      targets: {
        'net8.0': {
          'A/1.0.0': { type: 'package', dependencies: { B: '1.0.0' } },
          'B/1.1.0': { type: 'package' },
          'Other/1.0.0': { type: 'project' },
        },
      },
      libraries: { 'A/1.0.0': { sha512, type: 'package' }, 'B/1.1.0': { type: 'package' } },
    };
    const result = await inventory({ 'src/obj/project.assets.json': JSON.stringify(assets) });
    expect(result.packages).toMatchObject([
      { purl: 'pkg:nuget/A@1.0.0', hashes: [hash] },
      { purl: 'pkg:nuget/B@1.1.0' },
    ]);
    expect(relations(result)).toEqual(['A > B']);
  });

  it('reads packages.config, whatever else has that name', async () => {
    const config = `\u{feff}<?xml version="1.0" encoding="utf-8"?>
<packages>
  <package id="jQuery" version="3.7.1" targetFramework="net48" />
  <package id="Tool" version="1.0" developmentDependency="true" />
  <package id="broken" />
</packages>`;
    const { packages, problems } = await inventory({
      'a/Packages.config': config,
      'b/packages.config': '<configuration/>',
      'c/packages.config': 'not XML',
      'd/web.config': config,
    });
    expect(packages.map(({ purl, details }) => [purl, details])).toEqual([
      ['pkg:nuget/Tool@1.0', { dev: true }],
      ['pkg:nuget/jQuery@3.7.1', { frameworks: ['net48'] }],
    ]);
    expect(problems).toEqual([]);
  });

  it('reads central versions, with properties of the same file, and leaves ranges out', async () => {
    const props = `<Project>
  <PropertyGroup><Base>7.0</Base><AspNet>$(Base).4</AspNet><Loop>$(Loop)</Loop></PropertyGroup>
  <ItemGroup>
    <PackageVersion Include="A" Version="$(AspNet)" />
    <PackageVersion Include="B"><Version>[1.2.3]</Version></PackageVersion>
    <PackageVersion Include="C" Version="[1.0,2.0)" />
    <PackageVersion Include="D" Version="1.*" />
    <PackageVersion Include="E" Version="$(Elsewhere)" />
    <PackageVersion Include="F" Version="$(Loop)" />
    <GlobalPackageReference Include="G" version="1.0.0" />
    <PackageReference Update="H" VersionOverride="2.0.0" />
    <Compile Include="I" Version="1.0" />
  </ItemGroup>
</Project>`;
    const { packages } = await inventory({ 'src/Directory.Packages.props': props, 'src/Directory.Build.props': props });
    expect(packages.map(({ purl }) => purl)).toEqual([
      'pkg:nuget/A@7.0.4',
      'pkg:nuget/B@1.2.3',
      'pkg:nuget/G@1.0.0',
      'pkg:nuget/H@2.0.0',
    ]);
  });

  it('reads libman.json: npm packages, and libraries of others', async () => {
    const libraries = [
      { library: 'jquery@3.7.1', destination: 'wwwroot/lib' },
      { library: '@popperjs/core@2.11.8', provider: 'unpkg' },
      { library: '/srv/lib', provider: 'filesystem' },
      { library: 'nameonly' },
    ];
    const libman = JSON.stringify({ version: '1.0', defaultProvider: 'cdnjs', libraries });
    const { packages } = await inventory({ 'src/libman.json': libman });
    expect(packages.map(({ purl, details }) => [purl, details])).toEqual([
      ['pkg:generic/jquery@3.7.1', { provider: 'cdnjs' }],
      ['pkg:npm/%40popperjs/core@2.11.8', { provider: 'unpkg' }],
    ]);
  });

  it('reads paket.lock by its groups', async () => {
    const lock = `STORAGE: NONE
NUGET
  remote: https://api.nuget.org/v3/index.json
    FSharp.Core (8.0.100)
    Suave (2.6.2) - restriction: >= net6.0
      FSharp.Core (>= 4.7)
GITHUB
  remote: owner/repo
    src/file.fs (0123456789abcdef)
GROUP Build
NUGET
  remote: https://api.nuget.org/v3/index.json
    FSharp.Core (7.0)
    Fake (6.0)
      FSharp.Core (>= 6.0)
`;
    const result = await inventory({ 'paket.lock': lock });
    expect(result.packages.map(({ purl }) => purl)).toEqual([
      ...['pkg:nuget/FSharp.Core@7.0', 'pkg:nuget/FSharp.Core@8.0.100', 'pkg:nuget/Fake@6.0', 'pkg:nuget/Suave@2.6.2'],
    ]);
    expect(relations(result)).toEqual(['Fake > FSharp.Core', 'Suave > FSharp.Core']);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'a/x.deps.json': '{}',
      'b/packages.lock.json': '{"dependencies":{}}',
      'c/project.assets.json': '[]',
      'd/libman.json': '{',
      'e/paket.lock': 'nothing\n',
      'f/libman.json': ' '.repeat(2 * 1024 * 1024),
      'g/packages.config': ' '.repeat(5 * 1024 * 1024),
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/x.deps.json', 'malformed'],
      ['b/packages.lock.json', 'malformed'],
      ['c/project.assets.json', 'malformed'],
      ['d/libman.json', 'malformed'],
      ['e/paket.lock', 'malformed'],
      ['f/libman.json', 'too-large'],
    ]);
  });
});
