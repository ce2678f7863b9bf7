import type { PackageScope } from '../../model/package.ts';
import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { LockedConan } from './parse-conan-lock.ts';
import type { ConanReference } from './parse-reference.ts';

/** The finding of a package by its reference. */
export function conanPackage(reference: ConanReference, scope: PackageScope): StatedPackage {
  const { name, version, user, channel, recipeRevision, packageId, packageRevision } = reference;
  return {
    ...{ type: 'conan', class: 'language', scope, name, version },
    qualifiers: withoutUndefined({ channel, user, rrev: recipeRevision, prev: packageRevision }),
    details: withoutUndefined({ packageId }),
  };
}

/** The packages of a lock file with what each needs. */
export function lockedConans(packages: readonly LockedConan[]): StatedPackage[] {
  return packages.map((locked) => {
    const stated = conanPackage(locked, 'declared');
    const details = { ...stated.details, ...(locked.use !== undefined && { use: locked.use }) };
    return { ...stated, key: locked.node, dependsOn: locked.requires, details };
  });
}

/**
 * The package whose place in Conan 1's cache this is: `data/name/version/user/channel/package/ID/conaninfo.txt`, with
 * an underscore for no user and no channel.
 */
export function cachedReference(path: string): ConanReference | undefined {
  const place = /(?:^|\/)data\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)\/package\/([^/]+)\/conaninfo\.txt$/.exec(path);
  const [, name, version, user, channel, packageId] = place ?? [];
  if (name === undefined || version === undefined) return undefined;
  const stated = { user: user === '_' ? undefined : user, channel: channel === '_' ? undefined : channel, packageId };
  return { name, version, ...withoutUndefined(stated) };
}
