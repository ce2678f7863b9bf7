import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { luaCataloger } from './cataloger.ts';
import { parseLuaValues } from './parse-lua-values.ts';
import { parseRockspec } from './parse-rockspec.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [luaCataloger as Cataloger]);

const rockspec = `-- comment
--[==[ long
]] comment ]==]
package = "LuaSec"
local _V = '1.3.2'
version = _V .. "-" .. 1
rockspec_format = "3.0";
source = {
  url = "git+https://user:secret@example.com/luasec.git",
  ["tag"] = "v" .. _V,
}
description = {
   summary = [[
A binding for OpenSSL]],
   homepage = "https://example.com/\\"luasec\\"",
   license = "MIT",
   maintainer = "Ann <ann@example.com>"
}
dependencies = { "lua >= 5.1", "LuaSocket", "lpeg >= 1.0, < 2" }
build = { type = "builtin", modules = { ssl = { sources = { "a.c" }, libdirs = { "$(X)" } } } }
`;
const simple = (name: string, version: string) => `package = "${name}"\nversion = "${version}"\n`;

describe('luaCataloger', () => {
  it('lists installed rocks and what each needs', async () => {
    const { packages, relationships, problems } = await inventory({
      'usr/local/lib/luarocks/rocks-5.1/luasec/1.3.2-1/luasec-1.3.2-1.rockspec': rockspec,
      'usr/local/lib/luarocks/rocks-5.1/luasocket/3.1.0-1/luasocket-3.1.0-1.rockspec': simple('LuaSocket', '3.1.0-1'),
    });
    expect(packages).toMatchObject([
      {
        ...{ purl: 'pkg:luarocks/luasec@1.3.2-1', scope: 'installed', licenses: ['MIT'] },
        ...{ supplier: 'Ann <ann@example.com>', description: 'A binding for OpenSSL' },
        ...{ homepage: 'https://example.com/"luasec"', details: { source: 'git+https://example.com/luasec.git' } },
      },
      { purl: 'pkg:luarocks/luasocket@3.1.0-1', scope: 'installed' },
    ]);
    expect(relationships).toMatchObject([{ from: packages[0]?.id, to: packages[1]?.id }]);
    expect(problems).toEqual([]);
  });

  it('lists the rockspec of a project as declared', async () => {
    const { packages, problems } = await inventory({
      'src/app-1.0-1.rockspec': simple('app', '1.0-1'),
      'src/template.rockspec': 'package = name()\n',
    });
    expect(packages).toMatchObject([{ purl: 'pkg:luarocks/app@1.0-1', scope: 'declared' }]);
    expect(problems).toEqual([]);
  });

  it('reports an installed rock that it cannot read', async () => {
    const { problems } = await inventory({
      'rocks-5.4/a/1-1/a-1-1.rockspec': 'package = "a"\n',
      'rocks-5.4/b/1-1/b-1-1.rockspec': ' '.repeat(2_000_000),
      'src/c-1-1.rockspec': ' '.repeat(2_000_000),
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['rocks-5.4/a/1-1/a-1-1.rockspec', 'malformed'],
      ['rocks-5.4/b/1-1/b-1-1.rockspec', 'too-large'],
    ]);
  });
});

describe('parseLuaValues', () => {
  it('reads up to the first thing that is computed', () => {
    const values = parseLuaValues(
      'a = {1, x = "y"; {"z"}}\nb = true c = ("d")\ne = unknown\nf = string.rep("x", 9)\ng = 1\n',
    );
    expect([...values]).toEqual([
      [
        'a',
        new Map<string, unknown>([
          ['1', '1'],
          ['x', 'y'],
          ['2', new Map([['1', 'z']])],
        ]),
      ],
      ['b', 'true'],
      ['c', 'd'],
      ['e', ''],
    ]);
  });

  it('ends where texts double without end or tables lie too deep', () => {
    const doubling = `a = "${'x'.repeat(1_000)}"\n${'a = a .. a\n'.repeat(30)}`;
    expect(String(parseLuaValues(doubling).get('a')).length).toBeLessThanOrEqual(64 * 1024);
    expect(parseLuaValues(`a = ${'{'.repeat(100_000)}`).size).toBe(0);
    expect(parseLuaValues(`a = ${'('.repeat(100_000)}`).size).toBe(0);
  });

  it('reads anything without error', () => {
    fc.assert(
      fc.property(mutated(rockspec), (text) => {
        const read = parseRockspec(text) ?? null;
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });
});
