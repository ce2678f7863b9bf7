import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DoubleRoute, RouteCall } from '../double-route.ts';
import { type DoubleAnswer, metaInfo, refuseEntities, resources } from '../envelope.ts';
import { readBody } from './read-body.ts';
import { listRoute, type ReadParts, readScope, writeScope } from './read-parts.ts';

const path = '/container-security/entities/registries/v1';
const details = z.record(z.string(), z.unknown());
const newRegistry = z.strictObject({
  type: z.string(),
  url: z.string(),
  url_uniqueness_key: z.string().optional(),
  user_defined_alias: z.string().optional(),
  credential: z.strictObject({ details }),
});
const registryChange = z.strictObject({
  credential: z.strictObject({ type: z.string(), details }).optional(),
  state: z.enum(['pause', 'resume']).optional(),
  user_defined_alias: z.string().optional(),
});

interface Registry {
  readonly id: string;
  readonly url: string;
  readonly url_uniqueness_alias: string;
  readonly user_defined_alias: string;
  readonly state: string;
  readonly [member: string]: unknown;
}

/** Connected registries, forgotten when the double ends. No credential is ever given back. */
export function registryRoutes(parts: ReadParts): readonly DoubleRoute[] {
  const known = new Map<string, Registry>();
  return [
    listRoute(
      parts,
      '/container-security/queries/registries/v1',
      { filters: [], maxLimit: 5000, window: Number.MAX_SAFE_INTEGER },
      () => [...known.values()].map(({ id, url }) => ({ resource: id, fields: { id, url } })),
    ),
    {
      ...{ method: 'GET', path, scope: readScope },
      answer: (call) => withKnown(call, known, (found) => resources(found, call.traceId)),
    },
    {
      ...{ method: 'POST', path, scope: writeScope },
      answer(call) {
        const body = readBody(call, newRegistry);
        return 'status' in body ? body : connect(body.value, known, call);
      },
    },
    { ...{ method: 'PATCH', path, scope: writeScope }, answer: (call) => change(known, call) },
    {
      ...{ method: 'DELETE', path, scope: writeScope },
      answer: (call) =>
        withKnown(call, known, (found) => {
          for (const { id } of found) {
            known.delete(id);
          }
          return resources(found, call.traceId);
        }),
    },
  ];
}

function connect(body: z.infer<typeof newRegistry>, known: Map<string, Registry>, call: RouteCall): DoubleAnswer {
  const { type, url, url_uniqueness_key = '', user_defined_alias = '' } = body;
  const twin = [...known.values()].some(
    (other) => other.url === url && other.url_uniqueness_alias === url_uniqueness_key,
  );
  if (twin) {
    return refuseEntities(409, 'registry exists', call.traceId, 'url: it is connected already');
  }
  const at = new Date(call.now).toISOString();
  const times = { created_at: at, updated_at: at, last_refreshed_at: at, next_refresh_at: at, state_changed_at: at };
  const registry: Registry = {
    ...{ id: randomUUID(), type, url, url_uniqueness_alias: url_uniqueness_key, user_defined_alias },
    ...{ ...times, refresh_interval: 86_400, state: 'pending' },
    credential: { id: randomUUID(), created_at: at, updated_at: at, details: {}, expired: false, expired_at: '' },
  };
  known.set(registry.id, registry);
  return one(registry, 201, call);
}

function change(known: Map<string, Registry>, call: RouteCall): DoubleAnswer {
  const body = readBody(call, registryChange);
  if ('status' in body) {
    return body;
  }
  const registry = known.get(call.query.get('id') ?? '');
  if (registry === undefined) {
    return refuseEntities(404, 'registry not found', call.traceId, 'id names no registry');
  }
  const { state, user_defined_alias = registry.user_defined_alias } = body.value;
  const states = { pause: 'paused', resume: 'pending' } as const;
  const changed = { ...registry, user_defined_alias, state: state === undefined ? registry.state : states[state] };
  known.set(registry.id, { ...changed, updated_at: new Date(call.now).toISOString() });
  return one(known.get(registry.id)!, 200, call);
}

function withKnown(
  call: RouteCall,
  known: ReadonlyMap<string, Registry>,
  use: (found: readonly Registry[]) => DoubleAnswer,
): DoubleAnswer {
  const ids = (call.query.get('ids') ?? '').split(',');
  if (ids.length > 100) {
    return refuseEntities(400, 'invalid request', call.traceId, 'ids: more than 100');
  }
  const found = ids.flatMap((id) => known.get(id) ?? []);
  return found.length === ids.length
    ? use(found)
    : refuseEntities(404, 'registry not found', call.traceId, 'ids: one names no registry');
}

/** A lone object in place of a list, as the published model of a single registry has it. */
function one(registry: Registry, status: number, { traceId }: RouteCall): DoubleAnswer {
  return { status, json: { meta: metaInfo(traceId), errors: null, resources: registry } };
}
