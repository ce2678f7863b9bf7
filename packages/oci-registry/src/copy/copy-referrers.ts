import type { Descriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import { isIndexType, isManifestType } from '../image/media-types.ts';
import type { PlanBuilder } from './plan-copy.ts';

/** Finds what refers to a manifest at the source. */
export type FindReferrers = (digest: string, options: ReadOptions) => AsyncIterable<Descriptor>;

/**
 * Adds everything that refers to the manifests of a plan, and what refers to that: signatures of SBOMs. A plan has an end,
 * so this has one.
 *
 * @returns the referrers of each manifest that has any
 */
export async function addReferrers(
  plan: PlanBuilder,
  find: FindReferrers,
  options: ReadOptions,
): Promise<ReadonlyMap<string, readonly Descriptor[]>> {
  const found = new Map<string, readonly Descriptor[]>();
  // The map grows while it is gone through, and goes on with what was added.
  for (const digest of plan.manifests.keys()) {
    const referrers: Descriptor[] = [];
    for await (const referrer of find(digest, options)) {
      if (!isManifestType(referrer.mediaType) && !isIndexType(referrer.mediaType)) continue;
      await plan.read(referrer);
      referrers.push(referrer);
    }
    if (referrers.length > 0) found.set(digest, referrers);
  }
  return found;
}
