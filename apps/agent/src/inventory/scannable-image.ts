import type { ImageSubject, SubjectLayer } from '@falcon-iar/sbom';
import type { LayerContent } from './layer-content.ts';

/** A layer that can be read by itself. */
export type ScannableLayer = SubjectLayer & LayerContent & RangedContent & { readonly index: number };

/** Content of which parts can be read, where its source can do that. */
export interface RangedContent {
  /** The stored bytes from `start` to before `end`; they are not verified. */
  openRange?(
    range: { readonly start: number; readonly end: number },
    options?: { readonly signal?: AbortSignal },
  ): AsyncIterable<Uint8Array>;
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

/**
 * The smallest form of an image that the scan needs; those of registries, layouts, archives and runtimes have it, and a
 * directory is given it.
 */
export interface ScannableImage extends ImageSubject {
  /** Base layer first, `index` being the position. */
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
