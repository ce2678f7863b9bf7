import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { LockedPub } from './parse-pubspec-lock.ts';

/** Where packages come from unless something else is stated. */
const usualServer = /^https:\/\/pub\.(?:dev|dartlang\.org)\/?$/;

/** The packages of a lock file; those of other servers say so in their package URL. */
export function lockedPubs(packages: readonly LockedPub[]): StatedPackage[] {
  return packages.map(({ name, version, source, dependency, url, reference, sha256 }) => {
    const isUsual = url === undefined || usualServer.test(url);
    return {
      ...{ type: 'pub', class: 'language', scope: 'declared', name, version },
      ...(sha256 !== undefined && { hashes: [{ algorithm: 'SHA-256' as const, content: sha256 }] }),
      ...(source === 'hosted' && !isUsual && { qualifiers: { repository_url: url } }),
      details: withoutUndefined({ source, dependency, url: isUsual ? undefined : url, reference }),
    };
  });
}
