import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { InstalledRPackage } from './parse-description.ts';
import type { LockedRPackage } from './parse-renv-lock.ts';

/** The package of an installed `DESCRIPTION`. */
export function installedRPackage(pkg: InstalledRPackage): StatedPackage {
  const { name, version, license, maintainer, title, homepage, repository, priority, builtWith } = pkg;
  return {
    ...{ type: 'cran', class: 'language', name, version, key: 'package' },
    ...(license !== undefined && { licenses: [license] }),
    ...withoutUndefined({ supplier: maintainer, description: title, homepage }),
    details: withoutUndefined({ repository, priority, builtWith }),
  };
}

/** The packages of an `renv.lock`. */
export function lockedRPackages(packages: readonly LockedRPackage[]): StatedPackage[] {
  const names = new Set(packages.map(({ name }) => name));
  return packages.map(({ name, version, source, repository, commit, needs }) => {
    const needed = [...new Set(needs)].filter((other) => other !== name && names.has(other));
    return {
      ...{ type: 'cran', class: 'language', scope: 'declared', key: name, name, version },
      ...(needed.length > 0 && { dependsOn: needed }),
      details: withoutUndefined({ source, repository, commit }),
    };
  });
}
