import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ImageLabels, RedHatContentFacts } from './facts.ts';

/** Content sets of one manifest; real ones have some tens. */
const maxContentSets = 10_000;
/** Characters of one label that are kept. */
const maxLabelLength = 4096;

/** Names of labels and what they are here. */
const labelFields: Readonly<Record<keyof ImageLabels, readonly string[]>> = {
  component: ['com.redhat.component'],
  name: ['name'],
  version: ['version'],
  release: ['release'],
  architecture: ['architecture', 'io.openshift.build.architecture'],
  cpe: ['cpe'],
  vendor: ['vendor'],
  summary: ['summary'],
};

/**
 * Reads a JSON file of build information: a content manifest has `content_sets`, labels are one object of texts. Never
 * throws.
 *
 * @returns undefined where it is neither
 */
export function parseBuildJson(text: string): RedHatContentFacts | undefined {
  const document = objectOf(text);
  if (document === undefined) return undefined;
  const { content_sets: sets, from_dnf_hint: hint, metadata } = document;
  if (!Array.isArray(sets)) {
    const labels = imageLabels((name) => document[name]);
    return labels && { kind: 'labels', ...labels };
  }
  const index = (metadata as { image_layer_index?: unknown } | null | undefined)?.image_layer_index;
  const stated = {
    imageLayerIndex: typeof index === 'number' && Number.isSafeInteger(index) ? index : undefined,
    fromDnfHint: typeof hint === 'boolean' ? hint : undefined,
  };
  const contentSets = sets.filter((set): set is string => typeof set === 'string' && isPlainToken(set));
  const sorted = Array.from(new Set(contentSets.slice(0, maxContentSets))).sort();
  return { kind: 'manifest', contentSets: sorted, ...withoutUndefined(stated) };
}

/** What labels say, from wherever they are; undefined where none of them is known. */
export function imageLabels(labelOf: (name: string) => unknown): ImageLabels | undefined {
  const found = new Map<string, string>();
  for (const [field, names] of Object.entries(labelFields)) {
    const value = names.map(labelOf).find((label) => typeof label === 'string' && label !== '');
    if (typeof value === 'string') found.set(field, value.slice(0, maxLabelLength));
  }
  return found.size === 0 ? undefined : Object.fromEntries(found);
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
    return isObject ? (document as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Other files may bear such names; what is no JSON is none of ours.
    return undefined;
  }
}
