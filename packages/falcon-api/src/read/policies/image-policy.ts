import type { z } from 'zod';
import {
  flag,
  type JsonObject,
  jsonObject,
  list,
  model,
  neededText,
  number,
  part,
  text,
  texts,
} from '../call/model.ts';

/**
 * A policy that images are held against: `models.APIPolicyEntity`.
 *
 * @see https://github.com/CrowdStrike/gofalcon/blob/main/falcon/models/models_api_policy_entity.go
 */
export interface ImagePolicy {
  readonly policy_id: string;
  readonly name?: string;
  readonly description?: string;
  readonly is_enabled?: boolean;
  /** The first in this order that fits an image decides. */
  readonly precedence?: number;
  /** Groups and rules: `models.APIPolicyData`. */
  readonly policy_data?: JsonObject;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** What to change of a policy: `models.PatchPolicyRequest`. */
export interface ImagePolicyChange {
  readonly name: string;
  readonly description: string;
  readonly is_enabled: boolean;
  readonly policy_data?: { readonly rules: readonly JsonObject[] };
}

/** A group of images that a policy is for: `models.APIPolicyGroup`. */
export interface ImagePolicyGroup {
  readonly uuid: string;
  readonly name?: string;
  readonly description?: string;
  readonly policy_uuid?: string;
  readonly policy_group_data?: JsonObject;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** A group to make, or what one becomes: `models.CreateImageGroupRequest`. */
export interface NewImagePolicyGroup {
  readonly name: string;
  readonly description: string;
  readonly policy_id?: string;
  readonly policy_group_data?: JsonObject;
}

/** One condition of an exclusion: `models.ExclusionCondition`. */
export interface ExclusionCondition {
  readonly prop: string;
  readonly op?: string;
  readonly value: readonly string[];
  readonly description?: string;
  readonly ttl?: number;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** What the policies do not look at: `models.APIPolicyExclusion`. */
export interface ImagePolicyExclusion {
  readonly name?: string;
  readonly description?: string;
  readonly policy_type_uuid?: string;
  readonly conditions: readonly ExclusionCondition[];
  /** RFC 3339. */
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** Reads a `models.APIPolicyEntity`. */
export const imagePolicySchema: z.ZodType<ImagePolicy> = model<ImagePolicy>({
  policy_id: neededText,
  name: text,
  description: text,
  is_enabled: flag,
  precedence: number,
  policy_data: part(jsonObject),
  created_at: text,
  updated_at: text,
});

/** Reads a `models.APIPolicyGroup`. */
export const imagePolicyGroupSchema: z.ZodType<ImagePolicyGroup> = model<ImagePolicyGroup>({
  uuid: neededText,
  name: text,
  description: text,
  policy_uuid: text,
  policy_group_data: part(jsonObject),
  created_at: text,
  updated_at: text,
});

const condition = model<ExclusionCondition>({
  prop: neededText,
  op: text,
  value: texts,
  description: text,
  ttl: number,
  created_at: text,
  updated_at: text,
});

/** Reads a `models.APIPolicyExclusion`. */
export const imagePolicyExclusionSchema: z.ZodType<ImagePolicyExclusion> = model<ImagePolicyExclusion>({
  name: text,
  description: text,
  policy_type_uuid: text,
  conditions: list(condition),
  created_at: text,
  updated_at: text,
});
