import type { z } from 'zod';
import {
  type CallOptions,
  checkIds,
  type ReadCall,
  type ReadDesk,
  requestEnvelope,
  writeScope,
} from '../call/read-desk.ts';
import { readOnly, readResources } from '../call/read-resources.ts';
import {
  type ExclusionCondition,
  type ImagePolicy,
  type ImagePolicyChange,
  type ImagePolicyExclusion,
  type ImagePolicyGroup,
  imagePolicyExclusionSchema,
  imagePolicyGroupSchema,
  imagePolicySchema,
  type NewImagePolicyGroup,
} from './image-policy.ts';

/** A condition to exclude by: `models.ExclusionConditionRequest`. */
export type NewExclusionCondition = Pick<ExclusionCondition, 'prop' | 'value' | 'description' | 'ttl'>;

/**
 * Image assessment policies, their groups and exclusions: `/container-security/entities/image-assessment-…`. Scopes
 * `falcon-container-image:read` and `:write`. What makes something is not done twice.
 */
export interface PoliciesEndpoint {
  list(options?: CallOptions): Promise<readonly ImagePolicy[]>;
  create(policy: { readonly name: string; readonly description?: string }, options?: CallOptions): Promise<ImagePolicy>;
  update(id: string, change: ImagePolicyChange, options?: CallOptions): Promise<ImagePolicy>;
  delete(id: string, options?: CallOptions): Promise<void>;
  /** Puts the policies in an order, by id, first the one that is asked first. */
  setPrecedence(ids: readonly string[], options?: CallOptions): Promise<readonly ImagePolicy[]>;
  groups(options?: CallOptions): Promise<readonly ImagePolicyGroup[]>;
  createGroup(group: NewImagePolicyGroup, options?: CallOptions): Promise<ImagePolicyGroup>;
  updateGroup(id: string, group: NewImagePolicyGroup, options?: CallOptions): Promise<ImagePolicyGroup>;
  deleteGroup(id: string, options?: CallOptions): Promise<void>;
  exclusions(options?: CallOptions): Promise<readonly ImagePolicyExclusion[]>;
  /** Replaces all exclusions. */
  setExclusions(
    conditions: readonly NewExclusionCondition[],
    options?: CallOptions,
  ): Promise<readonly ImagePolicyExclusion[]>;
}

const prefix = '/container-security/entities/image-assessment';
const policies = `${prefix}-policies/v1`;
const groups = `${prefix}-policy-groups/v1`;
const exclusions = `${prefix}-policy-exclusions/v1`;
const precedence = `${prefix}-policy-precedence/v1`;

/** The policies over a session. */
export function createPoliciesEndpoint(desk: ReadDesk): PoliciesEndpoint {
  const { many, one, none } = callers(desk);
  return {
    list: (options) => many(imagePolicySchema, { path: policies }, options),
    create: (body, options) => one(imagePolicySchema, { ...making, path: policies, body }, options),
    update: (id, body, options) => one(imagePolicySchema, { ...changing(id), path: policies, body }, options),
    delete: (id, options) => none({ ...deleting(id), path: policies }, options),
    setPrecedence: (ids, options) =>
      many(imagePolicySchema, { ...setting, path: precedence, body: { precedence: ids } }, options),
    groups: (options) => many(imagePolicyGroupSchema, { path: groups }, options),
    createGroup: (body, options) => one(imagePolicyGroupSchema, { ...making, path: groups, body }, options),
    updateGroup: (id, body, options) => one(imagePolicyGroupSchema, { ...changing(id), path: groups, body }, options),
    deleteGroup: (id, options) => none({ ...deleting(id), path: groups }, options),
    exclusions: (options) => many(imagePolicyExclusionSchema, { path: exclusions }, options),
    setExclusions: (conditions, options) =>
      many(imagePolicyExclusionSchema, { ...setting, path: exclusions, body: { conditions } }, options),
  };
}

const making = { method: 'POST', scope: writeScope, repeat: 'unprocessed' } as const;

/** Said twice, it means the same. */
const setting = { method: 'POST', scope: writeScope } as const;

type IdCall = Pick<ReadCall, 'method' | 'scope' | 'query' | 'notFound'>;

function changing(id: string): IdCall {
  return { method: 'PATCH', scope: writeScope, query: { id }, notFound: 'the cloud knows nothing with this id' };
}

function deleting(id: string): IdCall {
  return { ...changing(id), method: 'DELETE' };
}

/** Calls by how many resources their answer holds; ids are checked when the call is made, so that it rejects. */
function callers(desk: ReadDesk): {
  many<T>(schema: z.ZodType<T>, call: ReadCall, options?: CallOptions): Promise<readonly T[]>;
  one<T>(schema: z.ZodType<T>, call: ReadCall, options?: CallOptions): Promise<T>;
  none(call: ReadCall, options?: CallOptions): Promise<void>;
} {
  const send = async (call: ReadCall, { signal }: CallOptions = {}) => {
    if (typeof call.query?.id === 'string') {
      checkIds([call.query.id], 1);
    }
    return requestEnvelope(desk, call, signal);
  };
  return {
    async many(schema, call, options) {
      const { envelope, answer } = await send(call, options);
      return readResources(schema, envelope.resources, answer);
    },
    async one(schema, call, options) {
      const { envelope, answer } = await send(call, options);
      return readOnly(schema, envelope.resources, answer);
    },
    async none(call, options) {
      await send(call, options);
    },
  };
}
