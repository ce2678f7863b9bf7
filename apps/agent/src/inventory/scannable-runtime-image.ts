import type { Image, RuntimeKind } from '@falcon-iar/runtime-socket';

/**
 * containerd gives each layer by itself, so several can be read at once and a known one need not be opened; the others
 * give one export of all layers.
 */
export function scannableRuntimeImage(kind: RuntimeKind, image: Image): Image | Omit<Image, 'exportLayers'> {
  if (kind !== 'containerd') return image;
  const { exportLayers: _, ...byLayer } = image;
  return byLayer;
}
