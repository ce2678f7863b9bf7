import type { PackageScope } from '../../model/package.ts';
import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ComposerPackage } from './parse-composer-packages.ts';
import type { PearPackage } from './parse-pear-registry.ts';

/** Packages of Composer, and what each needs among them. */
export function composerPackages(packages: readonly ComposerPackage[], scope: PackageScope): StatedPackage[] {
  const byName = new Map<string, string>();
  // A package counts before what only stands in for it.
  for (const { name, provides = [] } of packages) for (const other of provides) byName.set(other, name.toLowerCase());
  for (const { name } of packages) byName.set(name.toLowerCase(), name.toLowerCase());
  return packages.map((pkg) => {
    const { name, version, licenses, authors, shasum, requires = [] } = pkg;
    const key = name.toLowerCase();
    const needed = new Set(requires.flatMap((required) => byName.get(required) ?? []));
    needed.delete(key);
    const slash = name.indexOf('/');
    return {
      ...{ type: 'composer', class: 'language', scope, key, name: name.slice(slash + 1), version },
      ...(slash > 0 && { namespace: name.slice(0, slash) }),
      ...(needed.size > 0 && { dependsOn: [...needed] }),
      ...(licenses && { licenses }),
      ...(shasum !== undefined && { hashes: [{ algorithm: 'SHA-1' as const, content: shasum }] }),
      ...withoutUndefined({
        supplier: authors?.join(', '),
        description: pkg.description,
        homepage: pkg.homepage,
      }),
      details: withoutUndefined({
        composerType: pkg.type,
        repository: pkg.repository,
        reference: pkg.reference,
        dev: pkg.dev,
      }),
    };
  });
}

/** The package of a file of PEAR's registry. */
export function pearPackage(pkg: PearPackage): StatedPackage {
  const { name, version, channel, license, lead, summary, stability } = pkg;
  return {
    ...{ type: 'pear', class: 'language', name, version },
    ...(channel !== undefined && { namespace: channel }),
    ...(license !== undefined && { licenses: [license] }),
    ...withoutUndefined({ supplier: lead, description: summary }),
    details: withoutUndefined({ stability }),
  };
}
