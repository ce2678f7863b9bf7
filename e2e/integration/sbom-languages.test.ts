import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeLayer } from '../../packages/sbom/src/analyze/analyze-layer.ts';
import type { Cataloger } from '../../packages/sbom/src/catalog/cataloger.ts';
import { beamCataloger } from '../../packages/sbom/src/catalogers/beam/cataloger.ts';
import { cargoCataloger } from '../../packages/sbom/src/catalogers/cargo/cataloger.ts';
import { parseGoMod } from '../../packages/sbom/src/catalogers/go-module/parse-go-mod.ts';
import { parseVendoredModules } from '../../packages/sbom/src/catalogers/go-module/parse-vendored-modules.ts';
import type { NeedingFacts } from '../../packages/sbom/src/catalogers/named-needs.ts';
import { rubyCataloger } from '../../packages/sbom/src/catalogers/ruby/cataloger.ts';
import { extractedDebs } from '../support/extracted-debs.ts';
import { filesLayer } from '../support/files-layer.ts';
import { canRun, type Tool } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

async function filesBelow(root: string, ending: string): Promise<string[]> {
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const found = files.filter((file) => file.isFile() && file.name.endsWith(ending));
  return found.map((file) => join(file.parentPath, file.name)).sort();
}

async function factsOf(
  paths: readonly string[],
  cataloger: Cataloger<NeedingFacts>,
): Promise<Map<string, NeedingFacts>> {
  const layer = await analyzeLayer(filesLayer(paths), { catalogers: [cataloger as Cataloger] });
  expect(layer.problems).toEqual([]);
  return new Map(layer.paths.map(({ path, facts }) => [`/${path}`, facts[cataloger.name] as NeedingFacts]));
}

const apt: readonly Tool[] = ['apt-get', 'dpkg-deb'];
const canRuby = canRun('gems against RubyGems', apt);

describe.runIf(canRuby)('gems that Debian installs', () => {
  it('are to us what RubyGems itself loads', async () => {
    const root = await extractedDebs('ruby-gems', [
      ...['ruby3.1', 'libruby3.1', 'ruby-rubygems', 'rubygems-integration', 'ruby-rack', 'ruby-nokogiri'],
      ...['ruby-sinatra', 'ruby-tilt', 'ruby-mustermann', 'ruby-rack-protection'],
    ]);
    const paths = (await filesBelow(root, '.gemspec')).filter((path) => path.includes('/specifications/'));
    expect(paths.length).toBeGreaterThan(50);
    const [libraries = ''] = (await filesBelow(root, 'libruby-3.1.so.3.1.2')).map(dirname);
    const [native = ''] = (await filesBelow(root, 'rbconfig.rb')).map(dirname);
    const script = `ARGV.each { |path| s = Gem::Specification.load(path); puts JSON.generate([
      s.name, s.version.to_s, s.platform.to_s, s.licenses, s.authors.join(', '), s.homepage,
      s.runtime_dependencies.map(&:name).sort.uniq]) }`;
    const output = await runTool(join(root, 'usr/bin/ruby3.1'), ['-rrubygems', '-rjson', '-e', script, ...paths], {
      env: {
        LD_LIBRARY_PATH: libraries,
        RUBYLIB: [join(root, 'usr/lib/ruby/vendor_ruby'), join(root, 'usr/lib/ruby/3.1.0'), native].join(':'),
        LC_ALL: 'C.UTF-8',
      },
    });
    const facts = await factsOf(paths, rubyCataloger);
    const ours = paths.map((path) => {
      const { packages: [gem] = [], needs = [] } = facts.get(path) ?? {};
      const { name, version, details, licenses = [], supplier = '', homepage = null } = gem ?? {};
      return [name, version, details?.platform ?? 'ruby', licenses, supplier, homepage, needs];
    });
    expect(ours).toEqual(
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  });
});

const canErlang = canRun('applications against Erlang', apt);

describe.runIf(canErlang)('applications that Debian installs', () => {
  it('are to us what Erlang itself reads', async () => {
    const root = await extractedDebs('erlang-applications', [
      ...['erlang-base', 'erlang-crypto', 'erlang-ssl', 'erlang-public-key', 'erlang-asn1', 'elixir'],
      ...['erlang-mnesia', 'erlang-inets', 'erlang-ssh', 'erlang-xmerl'],
    ]);
    const paths = await filesBelow(root, '.app');
    expect(paths.length).toBeGreaterThan(15);
    const [emulator = ''] = await filesBelow(root, 'erlexec');
    const erlang = join(root, 'usr/lib/erlang');
    const script = `lists:foreach(fun(Path) ->
      {ok, [{application, Name, Fields}]} = file:consult(Path),
      Get = fun(Key) -> proplists:get_value(Key, Fields, []) end,
      Needs = [atom_to_list(N) || N <- Get(applications) ++ Get(included_applications)],
      io:format("~s|~s|~s|~s~n", [Name, Get(vsn), Get(description), lists:join(",", Needs)])
    end, init:get_plain_arguments()), halt().`;
    const output = await runTool(
      emulator,
      ['-boot', join(erlang, 'bin/start_clean'), '-noshell', '-eval', script, '-extra', ...paths],
      { env: { ROOTDIR: erlang, BINDIR: dirname(emulator), EMU: 'beam', PROGNAME: 'erl', HOME: root } },
    );
    const facts = await factsOf(paths, beamCataloger);
    const ours = paths.map((path) => {
      const { packages: [application] = [], needs = [] } = facts.get(path) ?? {};
      const { name, version, description = '', type } = application ?? {};
      expect(type).toBe('otp');
      return `${name}|${version}|${description}|${needs.join(',')}`;
    });
    expect(ours).toEqual(
      output
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/\| +| +\|/g, '|')),
    );
  });
});

describe.runIf(canRun('go.mod against go mod edit', ['go']))('files of Go modules', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sbom-languages-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const written = `module "example.com/app" // comment
go 1.18
require ( // block
  github.com/a/b v1.2.0 // indirect
  "example.com/quoted" v0.1.0-20200101000000-0123456789ab // indirect; and more
  example.com/direct v2.0.0+incompatible // not indirect
)
require example.com/c/v3 v3.0.1
exclude example.com/c/v3 v3.0.0
replace (
  example.com/c/v3 => ./c
  github.com/a/b v1.2.0 => github.com/x/b v1.2.1
)
retract [v1.0.0, v1.0.5] // broken
`;

  it('say the same to us as to Go', async () => {
    const goRoot = (await runTool('go', ['env', 'GOROOT'])).trim();
    const own = join(directory, 'go.mod');
    await writeFile(own, written);
    for (const path of [own, join(goRoot, 'src/go.mod'), join(goRoot, 'src/cmd/go.mod')]) {
      const theirs = JSON.parse(await runTool('go', ['mod', 'edit', '-json', path], { cwd: directory }));
      expect(parseGoMod(await readFile(path, 'utf8'))).toEqual({
        ...{ module: theirs.Module.Path, go: theirs.Go },
        requires: (theirs.Require ?? []).map((entry: Record<string, unknown>) => ({
          ...{ path: entry.Path, version: entry.Version },
          ...(entry.Indirect === true && { indirect: true }),
        })),
        replaces: (theirs.Replace ?? []).map(({ Old, New }: Record<string, Record<string, unknown>>) => ({
          ...{ path: Old?.Path, by: New?.Path },
          ...(Old?.Version !== undefined && { version: Old.Version }),
          ...(New?.Version !== undefined && { byVersion: New.Version }),
        })),
      });
    }
  });

  it('name the vendored modules that Go finds the packages of', async () => {
    const sources = join((await runTool('go', ['env', 'GOROOT'])).trim(), 'src/cmd');
    const format = '{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}';
    const output = await runTool('go', ['list', '-mod=vendor', '-f', format, './vendor/...'], { cwd: sources });
    const theirs = new Set(
      output
        .trim()
        .split('\n')
        .filter((line) => line !== ''),
    );
    const modules = parseVendoredModules(await readFile(join(sources, 'vendor/modules.txt'), 'utf8'));
    const ours = new Set(modules.map(({ path, version }) => `${path}@${version}`));
    expect(theirs.size).toBeGreaterThan(3);
    expect([...theirs].filter((module) => !ours.has(module))).toEqual([]);
  });
});

describe.runIf(canRun('Cargo.lock against cargo metadata', ['cargo']))('the lock file of Cargo', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sbom-languages-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('has the crates and needs that Cargo resolves', async () => {
    const crates: readonly [folder: string, name: string, version: string, needs: string][] = [
      ['app', 'app', '0.1.0', 'one = { path = "../one" }\nold = { path = "../two-old", package = "two" }\n'],
      ['one', 'one', '1.2.3', 'two = { path = "../two" }\n'],
      ['two', 'two', '2.0.0', ''],
      ['two-old', 'two', '1.0.0-rc.1+build', ''],
    ];
    for (const [folder, name, version, needs] of crates) {
      await mkdir(join(directory, folder, 'src'), { recursive: true });
      await writeFile(join(directory, folder, 'src/lib.rs'), '');
      const manifest = `[package]\nname = "${name}"\nversion = "${version}"\n\n[dependencies]\n${needs}`;
      await writeFile(join(directory, folder, 'Cargo.toml'), manifest);
    }
    const cwd = join(directory, 'app');
    await runTool('cargo', ['generate-lockfile', '--offline'], { cwd });
    const metadata = JSON.parse(await runTool('cargo', ['metadata', '--offline', '--format-version', '1'], { cwd }));
    const named = new Map<string, string>(
      metadata.packages.map((pkg: Record<string, string>) => [pkg.id, `${pkg.name} ${pkg.version}`]),
    );
    const theirs = metadata.resolve.nodes.map((node: { id: string; dependencies: string[] }) => [
      named.get(node.id),
      node.dependencies.map((id) => named.get(id)).sort(),
    ]);
    const lock = join(cwd, 'Cargo.lock');
    const { packages = [] } = (await factsOf([lock], cargoCataloger)).get(lock) ?? {};
    const byKey = new Map(packages.map(({ key, name, version }) => [key, `${name} ${version}`]));
    const ours = packages.map(({ name, version, dependsOn = [] }) => [
      `${name} ${version}`,
      dependsOn.map((key) => byKey.get(key)).sort(),
    ]);
    expect(ours.sort()).toEqual(theirs.sort());
  });
});
