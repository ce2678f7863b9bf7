import type { LayerIndex } from '@falcon-iar/layer-extract';
import type { LayerFacts } from '@falcon-iar/sbom';

/** What is kept of a layer once it was read: small, and the same in every image that has the layer. */
export interface LayerRecord {
  readonly index: LayerIndex;
  readonly facts: LayerFacts;
  /** Bytes that were read of it: of a blob all of them, unless its table told which to read. */
  readonly size: number;
  /** Set where the layer's table of contents is the only witness, and only files known by their paths were looked at. */
  readonly factsFrom?: 'toc';
}
