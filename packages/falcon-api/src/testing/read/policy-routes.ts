import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { arrayOf } from '../../wire/schema-parts.ts';
import type { DoubleRoute, RouteCall } from '../double-route.ts';
import { type DoubleAnswer, refuseEntities, resources } from '../envelope.ts';
import { checkNames } from './answer-list.ts';
import type { ImageFacts } from './image-facts.ts';
import { readBody } from './read-body.ts';
import { severities } from './read-options.ts';
import { type ReadParts, readScope, writeScope } from './read-parts.ts';
import { isSelected } from './report-routes.ts';

const prefix = '/container-security/entities/image-assessment';
/** The policy for images that no other one is for; it cannot be deleted. */
const defaultId = 'default';

const openObject = z.record(z.string(), z.unknown());

interface Policy {
  readonly policy_id: string;
  readonly name: string;
  readonly description: string;
  readonly is_enabled: boolean;
  readonly policy_data: unknown;
  readonly created_at: string;
  readonly updated_at: string;
}

const newPolicy = z.strictObject({ name: z.string(), description: z.string().optional() });
const policyChange = z.strictObject({
  name: z.string(),
  description: z.string(),
  is_enabled: z.boolean(),
  policy_data: openObject.optional(),
});
const newGroup = z.strictObject({
  name: z.string(),
  description: z.string(),
  policy_id: z.string().optional(),
  policy_group_data: openObject.optional(),
});
const newExclusions = z.strictObject({
  conditions: arrayOf(
    z.strictObject({
      prop: z.string(),
      value: arrayOf(z.string()),
      description: z.string().optional(),
      ttl: z.number().optional(),
    }),
  ),
});
const newPrecedence = z.strictObject({ precedence: arrayOf(z.string()) });

/** Policies, groups and exclusions, forgotten when the double ends, and what they say of an image. */
export function policyRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const policies = new Map<string, Policy>([[defaultId, defaultPolicy()]]);
  return [checkRoute(parts, policies), ...entityRoutes(policies), ...groupRoutes(), ...exclusionRoutes()];
}

function defaultPolicy(): Policy {
  const at = new Date(0).toISOString();
  const rest = { is_enabled: true, policy_data: { groups: null, rules: null }, created_at: at, updated_at: at };
  return { policy_id: defaultId, name: 'Default', description: 'What no other policy is for', ...rest };
}

function checkRoute({ images, options }: ReadParts, policies: ReadonlyMap<string, Policy>): DoubleRoute {
  return {
    method: 'GET',
    path: '/image-assessment/entities/policy-checks/v2',
    scope: readScope,
    answer(call) {
      const problem = checkNames(call.query, ['repository', 'tag', 'registry', 'architecture']);
      const missing = ['repository', 'tag'].find((name) => !call.query.get(name));
      if (problem !== undefined || missing !== undefined) {
        return refuseEntities(400, 'invalid request', call.traceId, problem ?? `query: ${missing} is missing`);
      }
      const image = [...images.all()].findLast((candidate) => isSelected(candidate, call));
      if (image === undefined) {
        return refuseEntities(404, 'image not found', call.traceId, 'no stored image fits');
      }
      const bad = severities.slice(0, severities.indexOf(options.denyFrom ?? 'critical') + 1);
      const matched = image.vulnerabilities.filter(({ seed }) => bad.includes(seed.severity));
      const verdict = checkResult(
        image,
        matched.map(({ seed }) => seed.cveId),
        policies.get(defaultId)!,
        call,
      );
      return resources([verdict], call.traceId);
    },
  };
}

function checkResult({ request }: ImageFacts, cves: readonly string[], policy: Policy, call: RouteCall): unknown {
  const { Digest, ID, Registry = '', Repository = '', Tag = '' } = request.inventory.ImageInfo;
  const { policy_id, name, description, is_enabled, created_at, updated_at } = policy;
  const none = { matched_base_os_list: null, matched_detection_list: null, matched_package_list: null };
  return {
    deny: cves.length > 0,
    action: 'block',
    conditions: null,
    evaluated_at: new Date(call.now).toISOString(),
    evaluation_details: {
      ...none,
      ...{ excluded_cve_list: null, excluded_detection_list: null, excluded_package_list: null },
      matched_cve_list: [...new Set(cves)],
    },
    image: { image_digest: Digest, image_id: ID, registry: Registry, repository: Repository, tag: Tag },
    policy: {
      ...{ uuid: policy_id, name, description, is_enabled, is_default: true, precedence: 0 },
      ...{ created_at, updated_at },
    },
    policy_type: { uuid: 'image-prevention', name: 'Image prevention', description: '', policy_type: '', version: '1' },
  };
}

function entityRoutes(policies: Map<string, Policy>): readonly DoubleRoute[] {
  const path = `${prefix}-policies/v1`;
  const all = () => [...policies.values()].map((policy, precedence) => ({ ...policy, precedence }));
  const put = (id: string, policy: Omit<Policy, 'policy_id'>, call: RouteCall) => {
    policies.set(id, { ...policy, policy_id: id });
    return resources(
      all().filter(({ policy_id }) => policy_id === id),
      call.traceId,
    );
  };
  return [
    { method: 'GET', path, scope: readScope, answer: ({ traceId }) => resources(all(), traceId) },
    writeRoute('POST', path, newPolicy, ({ description = '', name }, call) => {
      const at = timeOf(call);
      const times = { created_at: at, updated_at: at };
      return put(randomUUID(), { name, description, is_enabled: false, policy_data: undefined, ...times }, call);
    }),
    writeRoute('PATCH', path, policyChange, ({ policy_data, ...change }, call) => {
      const id = call.query.get('id') ?? '';
      const known = policies.get(id);
      return known === undefined
        ? unknownId(call)
        : put(id, { ...known, ...change, policy_data, updated_at: timeOf(call) }, call);
    }),
    deleteRoute(path, policies),
    writeRoute('POST', `${prefix}-policy-precedence/v1`, newPrecedence, ({ precedence }, call) => {
      if (precedence.length !== policies.size || precedence.some((id) => !policies.has(id))) {
        return refuseEntities(400, 'invalid request', call.traceId, 'precedence: not every policy once');
      }
      const ordered = precedence.map((id) => [id, policies.get(id)!] as const);
      policies.clear();
      for (const [id, policy] of ordered) {
        policies.set(id, policy);
      }
      return resources(all(), call.traceId);
    }),
  ];
}

function groupRoutes(): readonly DoubleRoute[] {
  const path = `${prefix}-policy-groups/v1`;
  const groups = new Map<string, Readonly<Record<string, unknown>>>();
  const put = (uuid: string, body: z.infer<typeof newGroup>, created: unknown, call: RouteCall) => {
    const { policy_id, ...rest } = body;
    groups.set(uuid, { ...rest, uuid, policy_uuid: policy_id ?? '', created_at: created, updated_at: timeOf(call) });
    return resources([groups.get(uuid)], call.traceId);
  };
  return [
    { method: 'GET', path, scope: readScope, answer: ({ traceId }) => resources([...groups.values()], traceId) },
    writeRoute('POST', path, newGroup, (body, call) => put(randomUUID(), body, timeOf(call), call)),
    writeRoute('PATCH', path, newGroup, (body, call) => {
      const id = call.query.get('id') ?? '';
      const known = groups.get(id);
      return known === undefined ? unknownId(call) : put(id, body, known.created_at, call);
    }),
    deleteRoute(path, groups),
  ];
}

function exclusionRoutes(): readonly DoubleRoute[] {
  const path = `${prefix}-policy-exclusions/v1`;
  let conditions: readonly unknown[] = [];
  const all = () => [{ name: 'Exclusions', description: '', policy_type_uuid: 'image-prevention', conditions }];
  return [
    { method: 'GET', path, scope: readScope, answer: ({ traceId }) => resources(all(), traceId) },
    writeRoute('POST', path, newExclusions, (body, call) => {
      conditions = body.conditions.map(({ description = '', ...rest }) => ({ op: 'eq', description, ...rest }));
      return resources(all(), call.traceId);
    }),
  ];
}

function writeRoute<T>(
  method: 'POST' | 'PATCH',
  path: string,
  schema: z.ZodType<T>,
  write: (body: T, call: RouteCall) => DoubleAnswer,
): DoubleRoute {
  return {
    method,
    path,
    scope: writeScope,
    answer(call) {
      const body = readBody(call, schema);
      return 'status' in body ? body : write(body.value, call);
    },
  };
}

function deleteRoute(path: string, entries: Map<string, unknown>): DoubleRoute {
  return {
    method: 'DELETE',
    path,
    scope: writeScope,
    answer(call) {
      const id = call.query.get('id') ?? '';
      if (id === defaultId) {
        return refuseEntities(400, 'invalid request', call.traceId, 'id: the default policy stays');
      }
      return entries.delete(id) ? resources([], call.traceId) : unknownId(call);
    },
  };
}

function unknownId({ traceId }: RouteCall): DoubleAnswer {
  return refuseEntities(404, 'not found', traceId, 'id names nothing');
}

function timeOf({ now }: RouteCall): string {
  return new Date(now).toISOString();
}
