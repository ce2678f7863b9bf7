import type { InputLayer } from './inventory-input.ts';

/** A layer by its index and, where there is such a layer, its digest. */
export interface LayerPosition {
  readonly LayerHash?: string;
  readonly LayerIndex: number;
}

/** Names a layer the way the cloud does. */
export function layerPosition(layers: readonly InputLayer[], index: number): LayerPosition {
  const layer = layers[index];
  return layer === undefined ? { LayerIndex: index } : { LayerHash: layer.digest, LayerIndex: index };
}

/** A path of the image from its root. */
export function rootedPath(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
