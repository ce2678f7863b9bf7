import type { z } from 'zod';
import {
  anything,
  flag,
  type JsonObject,
  jsonObject,
  list,
  model,
  neededFlag,
  neededText,
  number,
  part,
  text,
  texts,
} from '../call/model.ts';

/** The image a policy was held against: `models.APIPolicyImage`. */
export interface CheckedImage {
  readonly image_digest?: string;
  readonly image_id?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
}

/** The policy that decided: `models.APIPolicy`. */
export interface CheckingPolicy {
  readonly uuid: string;
  readonly name?: string;
  readonly description?: string;
  readonly is_default?: boolean;
  readonly is_enabled?: boolean;
  /** The first in this order that fits an image decides. */
  readonly precedence?: number;
  readonly policy_data?: JsonObject;
  readonly created_at?: string;
  readonly updated_at?: string;
}

/** What matched and what was excluded: `models.APIPolicyEvaluationDetails`. */
export interface PolicyEvaluation {
  readonly excluded_cve_list: readonly string[];
  readonly excluded_detection_list: readonly string[];
  readonly excluded_package_list: readonly string[];
  readonly matched_base_os_list: readonly string[];
  readonly matched_cve_list: readonly string[];
  readonly matched_detection_list: readonly string[];
  readonly matched_package_list: readonly string[];
}

/** What the policies of the cloud say of an image: `models.ExternalPolicyResponse`. */
export interface PolicyCheck {
  /** Whether the image breaks the policy. */
  readonly deny: boolean;
  /** What the policy wants done then, such as `block`. */
  readonly action?: string;
  readonly conditions: readonly unknown[];
  readonly evaluated_at?: string;
  readonly evaluation_details?: PolicyEvaluation;
  readonly image?: CheckedImage;
  readonly policy?: CheckingPolicy;
  readonly policy_group?: JsonObject;
  readonly policy_type?: JsonObject;
}

const policy = model<CheckingPolicy>({
  uuid: neededText,
  name: text,
  description: text,
  is_default: flag,
  is_enabled: flag,
  precedence: number,
  policy_data: part(jsonObject),
  created_at: text,
  updated_at: text,
});

const evaluation = model<PolicyEvaluation>({
  excluded_cve_list: texts,
  excluded_detection_list: texts,
  excluded_package_list: texts,
  matched_base_os_list: texts,
  matched_cve_list: texts,
  matched_detection_list: texts,
  matched_package_list: texts,
});

const image = model<CheckedImage>({ image_digest: text, image_id: text, registry: text, repository: text, tag: text });

/** Reads a `models.ExternalPolicyResponse`. */
export const policyCheckSchema: z.ZodType<PolicyCheck> = model<PolicyCheck>({
  deny: neededFlag,
  action: text,
  conditions: list<unknown>(anything),
  evaluated_at: text,
  evaluation_details: part(evaluation),
  image: part(image),
  policy: part(policy),
  policy_group: part(jsonObject),
  policy_type: part(jsonObject),
});
