import { createHash } from 'node:crypto';
import { encodeLayerIndex } from '@falcon-iar/layer-extract';
import type { LayerRecord } from './layer-record.ts';

/**
 * A digest of what was found in a layer that has none of its own: of all its paths and links, and of what the catalogers
 * say. Contents that nobody asked for have no part in it, nor has what could not be read, nor secret candidates, whose
 * hashes are of this run alone.
 *
 * @returns `sha256:…`, another one with other catalogers
 */
export function digestOfRecord({ index, facts }: Pick<LayerRecord, 'index' | 'facts'>): string {
  const hash = createHash('sha256').update('falcon-iar directory 1\n').update(encodeLayerIndex(index));
  const paths = facts.paths.map((path) => ({ ...path, facts: { ...path.facts, secret: undefined } }));
  return `sha256:${hash.update(sortedJson(paths)).digest('hex')}`;
}

/** The order in which catalogers finish is not part of what they found. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
