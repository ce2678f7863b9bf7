import type { ScannableImage } from '../inventory/scannable-image.ts';
import type { ImageSighting } from './workloads.ts';

/** What a sighting of a test is made of. */
export interface SightingParts {
  readonly key?: string;
  readonly isPinned?: boolean;
  readonly pod?: string;
  readonly access?: string;
  readonly from?: 'registry' | 'runtime';
  /** The image, or how to come by it. */
  readonly image?: ScannableImage | ((signal: AbortSignal) => Promise<ScannableImage>);
}

/** A container that runs an image. */
export function sightingOf(parts: SightingParts = {}): ImageSighting {
  const { key = 'manifest sha256:a', isPinned = true, pod = 'pod-0', access = '', from = 'registry', image } = parts;
  return {
    key,
    isPinned,
    access,
    reference: 'registry.example.com/app:1',
    context: { namespace: 'shop', podName: pod },
    open: async ({ signal }) => {
      if (image === undefined) throw new Error('a test that opens no image opened one');
      return { image: typeof image === 'function' ? await image(signal) : image, from };
    },
  };
}
