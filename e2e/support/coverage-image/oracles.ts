import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { installedDebs, npmPackages as npmManifests } from '../installed-software.ts';
import { runTool } from '../run-tool.ts';
import { inTree } from './in-tree.ts';
import { type Crate, composerProject } from './language-packages.ts';
import { repositoryLinks } from './maven-repository.ts';
import { rpm } from './system-packages.ts';

/** A package at its place, as a package manager tells it. */
export interface StatedPackage {
  /** purl type. */
  readonly type: string;
  /** With what stands in front of it, as the package manager writes it. */
  readonly name: string;
  readonly version: string;
  /** Where packages of the type are told apart by it. */
  readonly architecture?: string;
  /** The file that describes it, where each package has one of its own. */
  readonly place?: string;
  /** A lock file names it; else it is installed. */
  readonly scope?: 'declared';
}

/** What only the steps know. */
export interface StepFacts {
  /** Asks pacman. */
  pacman(...options: readonly string[]): Promise<string>;
  /** What Cargo says of programs, by their paths. */
  readonly crates: Readonly<Record<string, readonly Crate[]>>;
  /** What was written into the database of apk: the only package system that is not asked. */
  readonly apk: Readonly<Record<string, string>>;
}

interface ComposerAnswer {
  readonly installed?: readonly { name: string; version: string }[];
  readonly locked?: readonly { name: string; version: string }[];
}

/** Asks every package manager what is in a tree now. */
export async function askPackageManagers(tree: string, facts: StepFacts): Promise<StatedPackage[]> {
  const answers = [
    await debs(tree),
    await rpms(tree),
    await pacmanPackages(tree, facts),
    Object.entries(facts.apk).map(([name, version]) => ({ type: 'apk', name, version, architecture: 'x86_64' })),
    await npmPackages(tree),
    await pythonPackages(tree),
    await gems(tree),
    await rocks(tree),
    await composerPackages(tree),
    await pearPackages(tree),
    await otpApplications(tree),
    await goModules(tree),
    Object.entries(facts.crates).flatMap(([place, crates]) =>
      crates.map((crate) => ({ type: 'cargo', ...crate, place })),
    ),
    await repositoryLinks(tree),
  ];
  return answers.flat();
}

async function debs(tree: string): Promise<StatedPackage[]> {
  return rows(await installedDebs(tree)).map(([name = '', version = '', architecture = '']) => ({
    ...{ type: 'deb', name, version, architecture },
  }));
}

async function rpms(tree: string): Promise<StatedPackage[]> {
  const format = '%{NAME}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\t%{ARCH}\\n';
  return rows(lines(await rpm(tree, '-qa', '--qf', format))).map(([name = '', version = '', architecture = '']) => ({
    // An epoch of 0 is none: rpm takes the two for equal, and so does everybody who compares versions.
    ...{ type: 'rpm', name, version: version.replace(/^0:/, ''), architecture },
  }));
}

async function pacmanPackages(tree: string, { pacman }: StepFacts): Promise<StatedPackage[]> {
  const blocks = (await pacman('-i')).trim().split(/\n{2,}/);
  const database = (await realpath(join(tree, 'var/lib/pacman/local'))).slice((await realpath(tree)).length + 1);
  return blocks.map((block) => {
    const field = (name: string): string => new RegExp(`^${name} *: (.*)$`, 'm').exec(block)?.[1] ?? '';
    const [name, version] = [field('Name'), field('Version')];
    const place = join(database, `${name}-${version}`, 'desc');
    return { type: 'alpm', name, version, architecture: field('Architecture'), place };
  });
}

/** Projects, and the folder of what was installed for all. */
async function npmPackages(tree: string): Promise<StatedPackage[]> {
  const found: StatedPackage[] = [];
  const projects = [
    ['opt/app', []],
    ['usr/local/lib', ['--global', '--prefix', join(tree, 'usr/local')]],
  ] as const;
  for (const [directory, options] of projects) {
    for (const { name, version, location } of await npmQuery(join(tree, directory), options)) {
      const place = join(directory, location, 'package.json');
      if (name !== undefined && version !== undefined) found.push({ type: 'npm', name, version, place });
    }
  }
  const places = new Set(found.map(({ place }) => place));
  // Manifests where npm manages nothing, such as those of test data.
  for (const [name = '', version = '', place = ''] of rows(await npmManifests(tree))) {
    if (!places.has(place)) found.push({ type: 'npm', name, version, place });
  }
  return [...found, ...(await lockedNpmPackages(tree))];
}

/** Of lock files beside which npm installed nothing: a gem of Ruby has one. */
async function lockedNpmPackages(tree: string): Promise<StatedPackage[]> {
  const found: StatedPackage[] = [];
  const files = await runTool('find', [join(tree, 'usr/lib/ruby'), '-name', 'package-lock.json']);
  for (const file of lines(files)) {
    const place = file.slice(tree.length + 1);
    for (const { name, version, location } of await npmQuery(dirname(file), ['--package-lock-only'])) {
      if (location === '' || name === undefined || version === undefined) continue;
      found.push({ type: 'npm', name, version, place, scope: 'declared' });
    }
  }
  return found;
}

interface QueriedPackage {
  readonly name?: string;
  readonly version?: string;
  /** Path of its directory below the project; empty for the project. */
  readonly location: string;
}

async function npmQuery(directory: string, options: readonly string[]): Promise<QueriedPackage[]> {
  return JSON.parse(await runTool('npm', ['query', '*', ...options], { cwd: directory })) as QueriedPackage[];
}

/** By the pip of the virtual environment: of its own, and of Debian's Python. */
async function pythonPackages(tree: string): Promise<StatedPackage[]> {
  const found: StatedPackage[] = [];
  for (const python of ['/opt/venv/bin/python', '/usr/bin/python3']) {
    const options = ['--disable-pip-version-check', '--python', python, 'inspect'];
    const { installed } = JSON.parse(await inTree(tree, '/opt/venv/bin/pip', options)) as {
      installed: { metadata: { name: string; version: string }; metadata_location: string }[];
    };
    for (const { metadata, metadata_location: location } of installed) {
      const { name, version } = metadata;
      found.push({ type: 'pypi', name, version, place: location.slice(1) });
    }
  }
  const wheels = `import glob, importlib.metadata as metadata
for wheel in glob.glob('/usr/share/python-wheels/*.whl'):
    for found in metadata.distributions(path=[wheel]):
        print(found.metadata['Name'], found.version, wheel, sep='\\t')`;
  found.push(...placedRows('pypi', lines(await inTree(tree, 'python3', ['-c', wheels]))));
  // pip names places by the way that it took to them.
  const real = lines(await inTree(tree, 'realpath', ['--', ...found.map(({ place }) => `/${place}`)]));
  return found.map((pkg, index) => ({ ...pkg, place: real[index]?.slice(1) ?? '' }));
}

async function gems(tree: string): Promise<StatedPackage[]> {
  // Its own list has a gem that lies in two directories once.
  const script = `(Gem::Specification.dirs + [Gem.default_specifications_dir]).each do |directory|
    Dir[File.join(directory, '*.gemspec')].each do |file|
      gem = Gem::Specification.load(file)
      puts [gem.name, gem.version, file].join("\\t")
    end
  end`;
  return placedRows('gem', lines(await inTree(tree, 'ruby', ['-e', script])));
}

async function rocks(tree: string): Promise<StatedPackage[]> {
  return rows(lines(await inTree(tree, 'luarocks', ['list', '--porcelain']))).map(
    ([name = '', version = '', , directory = '']) => {
      const place = join(directory, name, version, `${name}-${version}.rockspec`).slice(1);
      return { type: 'luarocks', name, version, place };
    },
  );
}

/** What is installed, and what the lock file names. */
async function composerPackages(tree: string): Promise<StatedPackage[]> {
  const project = `--working-dir=/${composerProject}`;
  const show = async (...options: string[]): Promise<ComposerAnswer> =>
    JSON.parse(await inTree(tree, 'composer', ['show', '--format=json', project, ...options]));
  const found: StatedPackage[] = [];
  const { locked } = await show('--locked');
  for (const { name, version } of locked ?? []) {
    found.push({ type: 'composer', name, version, place: `${composerProject}/composer.lock`, scope: 'declared' });
  }
  const place = `${composerProject}/vendor/composer/installed.json`;
  if (!existsSync(join(tree, place))) return found;
  const { installed } = await show();
  return [...found, ...(installed ?? []).map(({ name, version }) => ({ type: 'composer', name, version, place }))];
}

async function pearPackages(tree: string): Promise<StatedPackage[]> {
  const found: StatedPackage[] = [];
  let channel = '';
  for (const line of lines(await inTree(tree, 'pear', ['list', '-a']))) {
    channel = /^INSTALLED PACKAGES, CHANNEL (.+):$/.exec(line)?.[1]?.toLowerCase() ?? channel;
    const [, name = '', version = ''] = /^(\S+) +(\d\S*) +\S+ *$/.exec(line) ?? [];
    if (name !== '') found.push({ type: 'pear', name: `${channel}/${name}`, version });
  }
  return found;
}

async function otpApplications(tree: string): Promise<StatedPackage[]> {
  const script = `[begin
    {ok, [{application, Name, Properties}]} = file:consult(File),
    io:format("~s\\t~s\\t~s~n", [Name, proplists:get_value(vsn, Properties), File])
  end || Directory <- code:get_path(), File <- filelib:wildcard(filename:join(Directory, "*.app"))], halt().`;
  return placedRows('otp', lines(await inTree(tree, 'erl', ['-noshell', '-eval', script])));
}

/** What Go finds in all programs of the tree. */
async function goModules(tree: string): Promise<StatedPackage[]> {
  const found: StatedPackage[] = [];
  let place = '';
  for (const line of lines(await runTool('go', ['version', '-m', tree]))) {
    const [, file, go] = /^(\/.+): go(\S+)$/.exec(line) ?? [];
    if (file !== undefined && go !== undefined) {
      place = file.slice(tree.length + 1);
      found.push({ type: 'golang', name: 'stdlib', version: go, place });
      continue;
    }
    const [, kind, name = '', version = ''] = line.split('\t');
    if (kind === 'mod' || kind === 'dep') found.push({ type: 'golang', name, version, place });
  }
  return found;
}

function placedRows(type: string, of: readonly string[]): StatedPackage[] {
  return rows(of).map(([name = '', version = '', path = '']) => ({ type, name, version, place: path.slice(1) }));
}

function rows(of: readonly string[]): string[][] {
  return of.map((line) => line.split('\t'));
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
