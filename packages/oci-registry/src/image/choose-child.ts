import type { Descriptor } from './descriptor.ts';
import { toPlatform } from './descriptor.ts';
import { isIndexType, isManifestType } from './media-types.ts';
import { formatPlatform, type Platform } from './platform.ts';
import { rankPlatform } from './rank-platform.ts';

/** Whether a child of an index is a BuildKit attestation: `unknown/unknown`, or marked as one. */
function isAttestation(child: Descriptor): boolean {
  const { os, architecture } = child.platform ?? {};
  const unknown = os === 'unknown' && architecture === 'unknown';
  return unknown || child.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';
}

/** The children that may hold an image: manifests and indexes, without attestations. */
export function imageChildren(children: readonly Descriptor[]): readonly Descriptor[] {
  return children.filter(
    (child) => (isManifestType(child.mediaType) || isIndexType(child.mediaType)) && !isAttestation(child),
  );
}

/** Platforms that children name, as text, each once, in order. */
export function offeredPlatforms(children: readonly Descriptor[]): readonly string[] {
  const named = imageChildren(children).map((child) => toPlatform(child.platform));
  return [...new Set(named.filter((platform) => platform !== undefined).map(formatPlatform))];
}

/**
 * The children worth trying for a platform, best first. Those that name a fitting platform come in order of fit, equal
 * ones as in the index (image-spec: the first match counts); then those that name none, which must be looked into.
 */
export function rankChildren(children: readonly Descriptor[], wanted: Platform): readonly Descriptor[] {
  const unnamed: Descriptor[] = [];
  const fitting: { child: Descriptor; rank: number }[] = [];
  for (const child of imageChildren(children)) {
    const platform = toPlatform(child.platform);
    const rank = platform === undefined ? undefined : rankPlatform(wanted, platform);
    if (platform === undefined) unnamed.push(child);
    else if (rank !== undefined) fitting.push({ child, rank });
  }
  fitting.sort((a, b) => a.rank - b.rank);
  return [...fitting.map(({ child }) => child), ...unnamed];
}
