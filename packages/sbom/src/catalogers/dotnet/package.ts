import type { PackageHash } from '../../model/package.ts';
import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import { type DeclaredNuget, nugetKey } from './declared-packages.ts';
import type { DepsLibrary } from './parse-deps-json.ts';
import type { ClientLibrary } from './parse-libman.ts';

/** Libraries of a `deps.json` that are packages; the others are plain files. */
const packageTypes: ReadonlySet<string> = new Set(['package', 'project', 'runtimepack']);

/** The packages of a program, by its `deps.json`; those without files at run time count as declared. */
export function depsPackages(libraries: readonly DepsLibrary[]): StatedPackage[] {
  return libraries.flatMap(({ name, version, type, dependsOn, sha512, isInstalled }) => {
    if (!packageTypes.has(type)) return [];
    return [
      {
        ...{ type: 'nuget', class: 'language', key: nugetKey(name, version), version },
        name: type === 'runtimepack' ? name.replace(/^runtimepack\./, '') : name,
        ...(!isInstalled && { scope: 'declared' as const }),
        ...(dependsOn.length > 0 && { dependsOn }),
        ...hashes(sha512),
        details: { libraryType: type },
      },
    ];
  });
}

/** What a project declares or has locked. */
export function declaredNugets(packages: readonly DeclaredNuget[]): StatedPackage[] {
  return packages.map(({ name, version, dependsOn, sha512, direct, dev, frameworks = [] }) => {
    const key = nugetKey(name, version);
    const needed = [...new Set(dependsOn)].filter((other) => other !== key);
    const targets = [...new Set(frameworks)].slice(0, maxFrameworks);
    return {
      ...{ type: 'nuget', class: 'language', scope: 'declared', key, name, version },
      ...(needed.length > 0 && { dependsOn: needed }),
      ...hashes(sha512),
      details: withoutUndefined({ direct, dev, frameworks: targets.length === 0 ? undefined : targets }),
    };
  });
}

const maxFrameworks = 50;

/** Libraries for browsers: `unpkg` and `jsdelivr` hand out npm packages; the names of `cdnjs` are its own. */
export function clientLibraries(libraries: readonly ClientLibrary[]): StatedPackage[] {
  return libraries.map(({ name, version, provider }) => {
    const isNpm = provider === 'unpkg' || provider === 'jsdelivr';
    const slash = isNpm && name.startsWith('@') ? name.indexOf('/') : -1;
    return {
      ...{ type: isNpm ? 'npm' : 'generic', class: 'language', scope: 'declared', version },
      ...(slash > 0 && { namespace: name.slice(0, slash) }),
      name: name.slice(slash + 1),
      details: { provider },
    };
  });
}

function hashes(sha512: string | undefined): { readonly hashes?: readonly PackageHash[] } {
  if (sha512 === undefined) return {};
  return { hashes: [{ algorithm: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] };
}
