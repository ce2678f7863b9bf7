import type { z } from 'zod';
import { flag, type JsonObject, jsonObject, model, neededText, number, part, text } from '../call/model.ts';

/**
 * What the cloud knows of an image itself: `models.APICustomerAndImage`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_customer_and_image.go
 */
export interface ImageDetail {
  /** The cloud's own id of the image, as `vulnerabilities.ofImage` takes it. */
  readonly uuid: string;
  /** `algorithm:hex` of the platform's manifest. */
  readonly digest?: string;
  /** `algorithm:hex` of the config. */
  readonly image_id?: string;
  readonly index_digest?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly base_os?: string;
  readonly base_os_version?: string;
  readonly base_image_id?: string;
  readonly source_base_image?: JsonObject;
  readonly is_base_image?: boolean;
  readonly multi_arch?: boolean;
  readonly ai_related?: boolean;
  readonly image_scanning_active?: boolean;
  /** Bytes. */
  readonly image_size?: number;
  /** A subset of the config document; only where it was asked for. */
  readonly config?: JsonObject;
  readonly cid?: string;
  readonly crowdstrike_user?: string;
  /** Who gave the image to the cloud. */
  readonly source?: string;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly first_scanned?: string;
  /** When its operating system is no longer supported. */
  readonly eol_date?: string;
  readonly warning?: number;
}

/** Reads a `models.APICustomerAndImage`. */
export const imageDetailSchema: z.ZodType<ImageDetail> = model<ImageDetail>({
  uuid: neededText,
  digest: text,
  image_id: text,
  index_digest: text,
  registry: text,
  repository: text,
  tag: text,
  base_os: text,
  base_os_version: text,
  base_image_id: text,
  source_base_image: part(jsonObject),
  is_base_image: flag,
  multi_arch: flag,
  ai_related: flag,
  image_scanning_active: flag,
  image_size: number,
  config: part(jsonObject),
  cid: text,
  crowdstrike_user: text,
  source: text,
  created_at: text,
  updated_at: text,
  first_scanned: text,
  eol_date: text,
  warning: number,
});
