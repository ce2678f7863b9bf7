import { describe, expect, it } from 'vitest';
import type { DoubleRoute, RouteCall } from '../double-route.ts';
import type { DoubleAnswer } from '../envelope.ts';
import { InventoryStore } from '../inventory-store.ts';
import { minimalInventoryScanRequest } from '../minimal-request.ts';
import { readRoutes } from './read-routes.ts';

/** What the read side answers to a call that no client of ours would make. */
async function ask(call: string, body?: unknown, type = 'application/json'): Promise<DoubleAnswer> {
  const store = new InventoryStore(undefined, 2 ** 20);
  store.add(minimalInventoryScanRequest(), 'api', 0);
  const routes: readonly DoubleRoute[] = readRoutes(store, {});
  const [method = '', target = ''] = call.split(' ');
  const { pathname, searchParams: query } = new URL(target, 'http://double.test/container-security/');
  const route = routes.find((each) => each.method === method && each.path === pathname);
  const bytes = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  const request = { method, path: pathname, query: '', headers: { 'content-type': type }, body: Buffer.from(bytes) };
  const common = { parameters: {}, traceId: 't', host: 'api', ccid: 'a-b', now: 0 } as const;
  const answer = await route?.answer({ ...common, request, query } satisfies RouteCall);
  store.close();
  return answer ?? { status: 0 };
}

const reports = '/image-assessment/entities/reports/v2';
const checks = '/image-assessment/entities/policy-checks/v2';
const policies = 'entities/image-assessment-policies/v1';

describe('the read side of the double', () => {
  it.each([
    [`GET ${reports}?repository=a&page=1`, 'query: "page" is unknown'],
    [`GET ${reports}?repository=a&report_format=pdf`, 'report_format: is unknown'],
    [`GET ${reports}`, 'query: nothing says which image'],
    [`GET ${checks}?tag=a`, 'query: repository is missing'],
    [`GET ${checks}?repository=a&tag=b&digest=c`, 'query: "digest" is unknown'],
    ['GET aggregates/images/count/v1?limit=1', 'query: "limit" is unknown'],
    ["GET aggregates/images/count/v1?filter=hosts:'a'", 'filter: the list has no field hosts'],
    ["GET combined/vulnerabilities/info/v1?filter=cve_id:'a'", 'cve_id is in no stored image'],
    ['GET queries/registries/v1?limit=5001', 'limit: not a whole number from 1 to 5000'],
    ['GET queries/exports/v1?limit=1', 'query: "limit" is unknown'],
    ["GET queries/exports/v1?filter=id:'a'", 'filter: the list has no field id'],
    ['GET entities/exports/v1?ids=a', 'ids: more than 100, or one names no export'],
    ['DELETE entities/base-images/v1?ids=a', 'ids: one names no base image'],
    ['DELETE entities/registries/v1', 'ids: one names no registry'],
    [`GET entities/registries/v1?ids=${'a,'.repeat(100)}`, 'ids: more than 100'],
    [`DELETE ${policies}?id=a`, 'id names nothing'],
    [`DELETE ${policies}?id=default`, 'id: the default policy stays'],
  ])('refuses %s', async (call, reason) => {
    const answer = await ask(call);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.reason).toContain(reason);
  });

  it.each([
    ['POST entities/base-images/v1', { base_images: [{ digest: 'a' }] }, 'base_images.0'],
    ['POST entities/registries/v1', { type: 'a', url: 'b' }, 'credential'],
    ['PATCH entities/registries/v1?id=a', { state: 'stop' }, 'state'],
    ['PATCH entities/registries/v1?id=a', {}, 'id names no registry'],
    ['POST entities/exports/v1', { resource: 'images.images', format: 'csv', sort: '' }, 'no such resource'],
    ['POST entities/exports/v1', { resource: 'images.packages', format: 'csv' }, 'sort'],
    ['POST entities/exports/v1', { resource: 'images.packages', format: 'csv', sort: '', fql: 'x' }, 'filter'],
    ['POST /image-assessment/combined/vulnerability-lookups/v1', { osversion: 'a' }, 'packages'],
    [`POST ${policies}`, { description: 'a' }, 'name'],
    ['POST entities/image-assessment-policy-precedence/v1', { precedence: [] }, 'precedence: not every policy once'],
    [`POST ${policies}`, '{', 'body'],
  ])('refuses %s with %j', async (call, body, reason) => {
    const answer = await ask(call, body);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.reason).toContain(reason);
  });

  it('refuses a body of another type', async () => {
    const answer = await ask(`POST ${policies}`, { name: 'a' }, 'text/plain');
    expect(answer).toMatchObject({ status: 400, reason: expect.stringContaining('text/plain') });
  });
});
