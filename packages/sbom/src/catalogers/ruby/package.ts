import type { StatedPackage } from '../package-list.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { LockedGem } from './parse-gemfile-lock.ts';
import type { InstalledGem } from './parse-gemspec.ts';

/** The package of an installed gem. */
export function installedGem(gem: InstalledGem, isDefault: boolean): StatedPackage {
  const { name, version, platform, licenses, authors, summary, homepage } = gem;
  return {
    ...{ type: 'gem', class: 'language', name, version, key: 'gem' },
    ...(licenses && { licenses }),
    ...withoutUndefined({ supplier: authors?.join(', '), description: summary, homepage }),
    ...(platform !== undefined && { qualifiers: { platform } }),
    // Default gems came with Ruby itself.
    details: withoutUndefined({ platform, default: isDefault ? true : undefined }),
  };
}

/**
 * The gems of a lock file. One that is locked for several platforms is several packages, of which one is installed; what
 * needs it needs all of them here.
 */
export function lockedGems(gems: readonly LockedGem[]): StatedPackage[] {
  const byName = Map.groupBy(gems.keys(), (index) => gems[index]?.name ?? '');
  return gems.map(({ name, version, platform, source, remote, revision, checksum, requires }, index) => {
    const needed = new Set(requires.flatMap((required) => (byName.get(required) ?? []).slice(0, maxVariants)));
    needed.delete(index);
    return {
      ...{ type: 'gem', class: 'language', scope: 'declared', key: String(index), name, version },
      ...(needed.size > 0 && { dependsOn: [...needed].map(String) }),
      ...(checksum !== undefined && { hashes: [{ algorithm: 'SHA-256' as const, content: checksum }] }),
      ...(platform !== undefined && { qualifiers: { platform } }),
      details: withoutUndefined({
        platform,
        source: source === 'gem' ? undefined : source,
        remote: isUsual(remote) ? undefined : remote,
        revision,
      }),
    };
  });
}

/** Platforms of one gem that relations are stated to. */
const maxVariants = 16;

function isUsual(remote: string | undefined): boolean {
  return remote !== undefined && /^https?:\/\/(?:www\.)?rubygems\.org\/?$/.test(remote);
}
