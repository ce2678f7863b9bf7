import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { mutated } from '../text/mutated-text.test-support.ts';
import { beamCataloger } from './cataloger.ts';
import { parseApplication } from './parse-application.ts';
import { parseMixLock } from './parse-mix-lock.ts';
import { parseRebarLock } from './parse-rebar-lock.ts';
import { parseTerms } from './parse-terms.ts';

const inventory = (layer: TestLayer) => inventoryOf([layer], [beamCataloger as Cataloger]);
const [inner, outer] = ['1A'.repeat(32), '2b'.repeat(32)];

const kernel = `%% This is an -*- erlang -*- file.
%% %CopyrightBegin%
{application, kernel,
 [
  {description, "ERTS  CXC 138 "
                "10"},
  {vsn, "8.5.3"},
  {modules, [application, 'quoted-name']},
  {registered, []},
  {applications, []},
  {env, [{logger_level, notice}, {net_ticktime, 16#3c}, {char, $\\n}, {f, -1.5e-3}, {bin, <<1,2:8>>}, {m, #{a => 1}}]},
  {mod, {kernel, []}}
 ]
}.
`;
const application = (name: string, version: string, needs: string) =>
  `{application,${name},[{vsn,"${version}"},{applications,[${needs}]}]}.`;

const mixLock = `%{
  "castore": {:hex, :castore, "1.0.5", "${inner.toLowerCase()}", [:mix], [], "hexpm", "${outer}"},
  "plug": {:hex, :plug, "1.15.3", "${inner}", [:mix], [{:mime, "~> 1.0 or ~> 2.0", [hex: :mime_types, repo: "hexpm", optional: false]}, {:castore, ">= 0.0.0", [hex: :castore, repo: "hexpm", optional: true]}], "hexpm", "${outer}"},
  "mime" => {:hex, :mime_types, "2.0.5", "${inner}"},
  # a fork
  "fork": {:git, "https://user:secret@example.com/fork.git", "0123456789abcdef", [branch: "main"]},
  "inner": {:hex, :inner, "0.1.0", "${inner}", [:rebar3], [], "hexpm:acme", "${outer}"},
}
`;
const rebarLock = `{"1.2.0",
[{<<"cowboy">>,{pkg,<<"cowboy">>,<<"2.10.0">>},0},
 {<<"fork">>,{git,"https://example.com/fork.git",{ref,"0123456789abcdef"}},1}]}.
[
{pkg_hash,[
 {<<"cowboy">>, <<"${inner}">>}]},
{pkg_hash_ext,[
 {<<"cowboy">>, <<"${outer}">>}]}
].
`;

describe('beamCataloger', () => {
  it('lists applications, those of Erlang/OTP by their own type, and what each needs', async () => {
    const { packages, relationships, problems } = await inventory({
      'usr/lib/erlang/lib/kernel-8.5.3/ebin/kernel.app': kernel,
      'usr/lib/erlang/lib/stdlib-4.2/ebin/stdlib.app': application('stdlib', '4.2', 'kernel'),
      'app/lib/kernel-8.0/ebin/kernel.app': application('kernel', '8.0', ''),
      'app/lib/cowboy-2.10.0/ebin/cowboy.app': application('cowboy', '2.10.0', 'kernel,stdlib,missing'),
      'Applications/Mail.app': '',
    });
    expect(packages.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:hex/cowboy@2.10.0', 'installed'],
      ['pkg:otp/kernel@8.0', 'installed'],
      ['pkg:otp/kernel@8.5.3', 'installed'],
      ['pkg:otp/stdlib@4.2', 'installed'],
    ]);
    expect(packages[2]?.description).toBe('ERTS  CXC 138 10');
    const names = new Map(packages.map(({ id, name, version }) => [id, `${name} ${version}`]));
    expect(relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort()).toEqual([
      'cowboy 2.10.0 > kernel 8.0',
      'cowboy 2.10.0 > stdlib 4.2',
      'stdlib 4.2 > kernel 8.5.3',
    ]);
    expect(problems).toEqual([]);
  });

  it('lists what Mix locked', async () => {
    const { packages, relationships } = await inventory({ 'src/mix.lock': mixLock });
    expect(packages).toMatchObject([
      { purl: 'pkg:hex/castore@1.0.5', scope: 'declared', hashes: [{ algorithm: 'SHA-256', content: outer }] },
      {
        purl: 'pkg:hex/fork@0123456789abcdef',
        details: { source: 'git', repository: 'https://example.com/fork.git' },
      },
      { purl: 'pkg:hex/mime_types@2.0.5', hashes: [{ content: inner.toLowerCase() }] },
      { purl: 'pkg:hex/plug@1.15.3' },
      { purl: 'pkg:hex/acme/inner@0.1.0' },
    ]);
    const names = new Map(packages.map(({ id, name }) => [id, name]));
    expect(relationships.map(({ from, to }) => `${names.get(from)} > ${names.get(to)}`).sort()).toEqual([
      'plug > castore',
      'plug > mime_types',
    ]);
  });

  it('lists what Rebar locked, in all formats', async () => {
    const { packages } = await inventory({
      'a/rebar.lock': rebarLock,
      'b/rebar.lock': `[{<<"ranch">>,{pkg,<<"ranch">>,<<"1.8.0">>,<<"${inner}">>},0}].`,
      'c/rebar.lock': '[].\n',
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:hex/cowboy@2.10.0', scope: 'declared', hashes: [{ content: outer }] },
      { purl: 'pkg:hex/fork@0123456789abcdef', details: { source: 'git' } },
      { purl: 'pkg:hex/ranch@1.8.0', hashes: [{ content: inner.toLowerCase() }] },
    ]);
  });

  it('reports what it cannot read', async () => {
    const { problems } = await inventory({
      'a/ebin/a.app': '{application, a, []}.',
      'b/ebin/b.app': ' '.repeat(2_000_000),
      'c/mix.lock': '%{',
      'd/rebar.lock': '{1, 2}.',
    });
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['a/ebin/a.app', 'malformed'],
      ['b/ebin/b.app', 'too-large'],
      ['c/mix.lock', 'malformed'],
      ['d/rebar.lock', 'malformed'],
    ]);
  });
});

describe('parseTerms', () => {
  it('does not read what is computed, cut off, or too deep', () => {
    expect(parseTerms('{a, fun() -> ok end}.', 'erlang')).toBeUndefined();
    expect(parseTerms('a', 'erlang')).toBeUndefined();
    expect(parseTerms('"a', 'erlang')).toBeUndefined();
    expect(parseTerms('<<"a"', 'erlang')).toBeUndefined();
    expect(parseTerms('['.repeat(100_000), 'elixir')).toBeUndefined();
    expect(parseTerms(`${'%'.repeat(1_000)}\n`.repeat(1_000), 'erlang')).toEqual([]);
  });

  it('reads atoms, texts and keys of Elixir', () => {
    expect(parseTerms(`[:ok, :"a b", 'c', true, Mix.Tasks, "k": 1, l: "m\\"n"]`, 'elixir')).toEqual([
      {
        kind: 'list',
        items: [
          { kind: 'atom', text: 'ok' },
          { kind: 'atom', text: 'a b' },
          { kind: 'text', text: 'c' },
          { kind: 'atom', text: 'true' },
          { kind: 'atom', text: 'Mix.Tasks' },
          {
            kind: 'tuple',
            items: [
              { kind: 'text', text: 'k' },
              { kind: 'number', text: '1' },
            ],
          },
          {
            kind: 'tuple',
            items: [
              { kind: 'atom', text: 'l' },
              { kind: 'text', text: 'm"n' },
            ],
          },
        ],
      },
    ]);
  });

  it('reads anything without error', () => {
    fc.assert(
      fc.property(mutated(kernel, mixLock, rebarLock), (text) => {
        const read = [parseApplication(text), parseMixLock(text), parseRebarLock(text)].map((value) => value ?? null);
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });
});
