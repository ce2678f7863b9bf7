import type { Cataloger } from '../../catalog/cataloger.ts';
import { baseName } from '../../catalog/path-selection.ts';
import { type PackageListFacts, packageListCataloger } from '../package-list.ts';
import { type PackageDocument, readStatedPackages } from '../read-stated-packages.ts';
import type { DeclaredNuget } from './declared-packages.ts';
import { clientLibraries, declaredNugets, depsPackages } from './package.ts';
import { type DepsLibrary, parseDepsJson } from './parse-deps-json.ts';
import { type ClientLibrary, parseLibman } from './parse-libman.ts';
import { parsePackageVersions } from './parse-package-versions.ts';
import { parsePackagesConfig } from './parse-packages-config.ts';
import { parsePackagesLock } from './parse-packages-lock.ts';
import { parsePaketLock } from './parse-paket-lock.ts';
import { parseProjectAssets } from './parse-project-assets.ts';

const MiB = 1024 * 1024;

const depsJson: PackageDocument<DepsLibrary> = {
  ...{ what: 'a deps.json', maxBytes: 32 * MiB, parse: parseDepsJson, state: depsPackages },
};
const libman: PackageDocument<ClientLibrary> = {
  ...{ what: 'a libman.json', maxBytes: MiB, parse: parseLibman, state: clientLibraries },
};

/** Of the many `.props` and `.config` files, those that name packages. */
const declaresPackages = /packages\.props$|(?:^|\/)packages\.config$/i;

function declaring(
  what: string,
  maxBytes: number,
  parse: PackageDocument<DeclaredNuget>['parse'],
): PackageDocument<DeclaredNuget> {
  return { what, maxBytes, parse, state: declaredNugets };
}

const packagesLock = declaring('a packages.lock.json', 32 * MiB, parsePackagesLock);
const projectAssets = declaring('a project.assets.json', 64 * MiB, parseProjectAssets);
const paketLock = declaring('a paket.lock', 16 * MiB, parsePaketLock);
// Other programs have files of these names too.
const packagesConfig = { ...declaring('a packages.config', 4 * MiB, parsePackagesConfig), mayBeOther: true };
const packagesProps = { ...declaring('a Packages.props', 4 * MiB, parsePackageVersions), mayBeOther: true };

/** .NET programs by the list of their libraries, and what the projects they are built from declare. */
export const dotnetCataloger: Cataloger<PackageListFacts> = packageListCataloger({
  name: 'dotnet',
  version: '1',
  description: {
    title: '.NET programs and projects (NuGet, Paket, LibMan)',
    selects: [
      '**/*.deps.json',
      '**/packages.lock.json',
      '**/project.assets.json',
      '**/packages.config',
      '**/*Packages.props',
      '**/paket.lock',
      '**/libman.json',
    ],
    reads: 'libraries of programs with hashes and what each needs; declared and locked packages of projects',
    emits: ['nuget', 'npm', 'generic'],
  },
  select: {
    names: ['packages.lock.json', 'project.assets.json', 'paket.lock', 'libman.json'],
    suffixes: ['.deps.json', '.props', '.config'],
    path: (path, kind) => kind === 'file' && (!/\.(?:props|config)$/i.test(path) || declaresPackages.test(path)),
  },
  isolate: { deadline: 30_000 },
  read(file, context) {
    const name = baseName(file.path).toLowerCase();
    if (name.endsWith('.deps.json')) return readStatedPackages(file, context, depsJson);
    if (name === 'libman.json') return readStatedPackages(file, context, libman);
    return readStatedPackages(file, context, declarationNamed(name));
  },
});

function declarationNamed(name: string): PackageDocument<DeclaredNuget> {
  switch (name) {
    case 'packages.lock.json':
      return packagesLock;
    case 'project.assets.json':
      return projectAssets;
    case 'paket.lock':
      return paketLock;
    case 'packages.config':
      return packagesConfig;
    default:
      return packagesProps;
  }
}
