import type { EntryKind } from '../catalog/layer-event.ts';
import type { LayerProblem } from './problem-list.ts';

/** Version of the serialised form of {@link LayerFacts}. */
export const layerFactsVersion = 1;

/** What the catalogers extracted from one path of one layer. */
export interface PathFacts {
  readonly path: string;
  readonly kind: EntryKind;
  /** Facts by cataloger name, plain JSON. Empty for a path that was selected and gave none. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * Everything the catalogers extracted from one layer: plain JSON, valid for every image that has the layer, as long as
 * the catalogers are the same.
 */
export interface LayerFacts {
  readonly version: typeof layerFactsVersion;
  /** `name@version` of the catalogers that looked, sorted. Facts of other catalogers must not be mixed with these. */
  readonly catalogers: readonly string[];
  /** Selected paths, sorted. */
  readonly paths: readonly PathFacts[];
  readonly problems: readonly LayerProblem[];
}
