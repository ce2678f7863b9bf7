import type { LayerIndex } from '@falcon-iar/layer-extract';
import type { LayerFacts } from '@falcon-iar/sbom';

/** What is kept of a layer once it was read: small, and the same in every image that has the layer. */
export interface LayerRecord {
  readonly index: LayerIndex;
  readonly facts: LayerFacts;
  /** Bytes of the blob that was read. */
  readonly size: number;
}
