import type { LayerBlob } from '@falcon-iar/layer-extract';
import type { ImageSubject, SubjectLayer } from '@falcon-iar/sbom';

/** A layer that can be opened by itself. */
export interface ScannableLayer extends SubjectLayer, LayerBlob {
  /** Position, 0 is the base. */
  readonly index: number;
  readonly mediaType: string;
  readonly diffId?: string;
}

/** A layer as it passes by in an export. */
export interface PassingLayer {
  readonly diffId: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of `stream`. */
  readonly size: number;
  /** To be read once, before the next layer is asked for. */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** The smallest form of an image that the scan needs; those of registries, layouts, archives and runtimes have it. */
export interface ScannableImage extends ImageSubject {
  readonly layers: readonly ScannableLayer[];
  /** Whether its layers have been read, and cannot be read again: it came as a stream. */
  readonly hasPassed?: boolean;
  /**
   * There where opening one layer costs as much as reading all of them: the wanted layers in one pass, in the order they
   * come. Their digests are diffIDs.
   */
  exportLayers?(options: {
    /** Digests of the layers to read. */
    readonly wanted: Iterable<string>;
    readonly signal: AbortSignal;
    /** Told of the config as it was stored, verified, where that is only known from the export. */
    readonly onConfig?: (config: object) => void;
  }): AsyncIterable<PassingLayer>;
}
