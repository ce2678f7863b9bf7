import type { z } from 'zod';
import { model, text } from '../call/model.ts';

/** Names a base image: `models.BaseImageRequest`. */
export interface BaseImageReference {
  /** `algorithm:hex` of the platform's manifest. */
  readonly image_digest?: string;
  /** `algorithm:hex` of the config. */
  readonly image_id?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
}

/**
 * A base image the cloud knows. The published interface leaves its form open; these are the members it can be filtered
 * by, and its id under either of the names the cloud uses. All others are kept as they came.
 */
export interface BaseImage extends BaseImageReference {
  readonly id?: string;
  readonly uuid?: string;
}

/** Reads a base image. */
export const baseImageSchema: z.ZodType<BaseImage> = model<BaseImage>({
  id: text,
  uuid: text,
  image_digest: text,
  image_id: text,
  registry: text,
  repository: text,
  tag: text,
});
