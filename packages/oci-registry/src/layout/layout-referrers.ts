import type { CopyPlan } from '../copy/image-target.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { ociIndexType } from '../image/media-types.ts';
import { digestOf } from '../reference/digest.ts';
import { referrersTag } from '../registry/list-referrers.ts';
import { layoutEntry, refNameAnnotation } from './layout-entry.ts';

/** An index that lists referrers, and the entry that names it by the tag of the manifest that is referred to. */
export interface ReferrersIndex {
  readonly digest: string;
  readonly bytes: Uint8Array;
  readonly entry: Descriptor;
}

/**
 * The lists of what refers to the manifests of a plan, as layouts keep them: under the tags that clients use for registries
 * without a referrers API (distribution-spec "Referrers Tag Schema").
 */
export function referrersIndexes(plan: CopyPlan): readonly ReferrersIndex[] {
  return [...plan.referrers].map(([subject, manifests]) => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests }));
    const index = { mediaType: ociIndexType, digest: digestOf(bytes), bytes };
    return { ...index, entry: layoutEntry(index, { [refNameAnnotation]: referrersTag(subject) }) };
  });
}
