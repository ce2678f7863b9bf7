import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { peImage } from '../../executable/pe/pe-image.test-support.ts';
import { dotnetAssemblyCataloger } from './cataloger.ts';
import { assembly, bundle } from './dotnet-image.test-support.ts';
import { parseBundledDeps } from './parse-bundled-deps.ts';

const inventory = (content: Uint8Array) => inventoryOf([{ file: content }], [dotnetAssemblyCataloger as Cataloger]);

const sha512 = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
const deps = {
  runtimeTarget: { name: '.NETCoreApp,Version=v8.0/linux-x64' },
  targets: {
    '.NETCoreApp,Version=v8.0': {},
    '.NETCoreApp,Version=v8.0/linux-x64': {
      'App/1.0.0': { dependencies: { 'Newtonsoft.Json': '13.0.3', Missing: '1.0.0' } },
    },
  },
  libraries: {
    'App/1.0.0': { type: 'project', sha512: '' },
    'Newtonsoft.Json/13.0.3': { type: 'package', sha512 },
    'runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.2': { type: 'runtimepack' },
    'local/1.0': { type: 'reference' },
    nothing: { type: 'package' },
    'broken/1.0': 5,
  },
};

describe('dotnetAssemblyCataloger', () => {
  it('lists an assembly under its own name with the version of its product', async () => {
    const strings = {
      ...{ ProductName: 'Json.NET', ProductVersion: '13.0.3+0a2e291c', FileVersion: '13.0.3.27908' },
      ...{ CompanyName: 'Newtonsoft', Comments: 'A JSON framework' },
    };
    const { packages } = await inventory(assembly({ name: 'Newtonsoft.Json', version: [13, 0, 0, 0] }, strings));
    expect(packages).toMatchObject([
      {
        ...{ type: 'nuget', name: 'Newtonsoft.Json', supplier: 'Newtonsoft', description: 'A JSON framework' },
        details: { assemblyVersion: '13.0.0.0', productVersion: '13.0.3+0a2e291c', runtime: 'v4.0.30319' },
      },
    ]);
  });

  it.each([
    [{ ProductVersion: '8.0.1+81cabf2857', FileVersion: '8.0.1' }, '8.0.1'],
    [{ ProductVersion: '8.0.1-rc.2.23480.2+abc', FileVersion: '8.0.1.0' }, '8.0.1-rc.2.23480.2'],
    [{ ProductVersion: '1.0', FileVersion: '4.7.4076.0 built by: NET472REL1LAST_B' }, '4.7.4076.0'],
    [{ ProductVersion: '5, 1, 0, 2' }, '5.1.0.2'],
    [{ FileVersion: 'v2.3' }, '2.3'],
    [{ ProductVersion: 'Release', FileVersion: '' }, '7.1.0.0'],
    [{}, '7.1.0.0'],
  ])('takes %j for version %s', async (strings, version) => {
    const { packages } = await inventory(assembly({ name: 'A', version: [7, 1, 0, 0] }, strings));
    expect(packages).toMatchObject([{ name: 'A', version }]);
  });

  it.each([
    [{ ProductName: 'Example.Product', FileDescription: 'Example.Part' }, 'Example.Product'],
    [{ ProductName: 'Microsoft® .NET', FileDescription: 'System.Text.Json' }, 'System.Text.Json'],
    [{ ProductName: 'Some Long Title', InternalName: 'short.dll' }, 'short.dll'],
  ])('calls a module that is no assembly by its resource %j', async (strings, name) => {
    const { packages } = await inventory(assembly(undefined, { ...strings, FileVersion: '1.0' }));
    expect(packages).toMatchObject([{ name }]);
  });

  it('lists no assembly that holds texts in one language alone, none without a name, and no native code', async () => {
    const satellite = assembly({ name: 'A.resources', version: [1, 0, 0, 0], culture: 'de' });
    for (const bytes of [satellite, assembly(undefined), peImage({}), elfImage({})]) {
      expect(await inventory(bytes)).toMatchObject({ packages: [], problems: [] });
    }
  });

  it.each([6, 2])('lists what a bundle of format %s holds', async (formatVersion) => {
    const content = bundle(Buffer.from(`\u{feff}${JSON.stringify(deps)}`), { formatVersion, id: 'i'.repeat(200) });
    const { packages, relationships, problems } = await inventory(content);
    expect(packages.map(({ purl }) => purl)).toEqual([
      'pkg:nuget/App@1.0.0',
      'pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.2',
      'pkg:nuget/Newtonsoft.Json@13.0.3',
    ]);
    expect(packages[2]?.hashes).toEqual([{ algorithm: 'SHA-512', content: '01'.repeat(64) }]);
    expect(relationships).toEqual([{ type: 'depends-on', from: packages[0]?.id, to: packages[2]?.id }]);
    expect(problems).toEqual([]);
  });

  it.each([
    ['of the first format', bundle(new Uint8Array(0), { formatVersion: 1 }), 'unsupported'],
    ['without a list', bundle(new Uint8Array(0)), 'unsupported'],
    ['with a broken list', bundle(Buffer.from('{')), 'malformed'],
    ['with another document', bundle(Buffer.from('{}')), 'malformed'],
    [
      'with too many',
      bundle(
        Buffer.from(
          JSON.stringify({ libraries: Object.fromEntries(Array.from({ length: 20_001 }, (_, n) => [`a/${n}`, {}])) }),
        ),
      ),
      'too-large',
    ],
  ])('reports a bundle %s', async (_, content, code) => {
    expect((await inventory(content)).problems).toMatchObject([{ path: 'file', code }]);
  });

  it('says nothing of a host that is no bundle, or whose header is none', async () => {
    for (const headerAt of [() => 0, () => 16, () => 2 ** 40]) {
      const content = bundle(Buffer.from(JSON.stringify(deps)), { headerAt });
      expect(await inventory(content)).toMatchObject({ packages: [], problems: [] });
    }
  });
});

describe('parseBundledDeps', () => {
  it('takes the largest target where none is chosen', () => {
    const { runtimeTarget: _, ...others } = deps;
    expect(parseBundledDeps(JSON.stringify(others))).toMatchObject({
      libraries: [{ name: 'App', dependsOn: ['Newtonsoft.Json/13.0.3', 'Missing/1.0.0'] }, {}, {}, {}],
    });
  });

  it('reads any JSON without throwing', () => {
    const inside = fc
      .json()
      .map((json) => `{"libraries":{"a/1":${json}},"targets":{"t":${json}},"runtimeTarget":${json}}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), inside), (text) => {
        const result = parseBundledDeps(text);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});
