import { describe, expect, expectTypeOf, it } from 'vitest';
import type { JsonObject } from './call/model.ts';
import { collect, deskOver, route } from './read-desk.test-support.ts';
import { createReadSide, type ReadSide } from './read-side.ts';
import type { ImageReport } from './reports/image-report.ts';

const meta = { query_time: 0.01, powered_by: 'x', trace_id: 't' };
const errors = (code: number) => [{ code, message: `said ${code}` }];

/** The forms in which the published interface has its refusals. */
const forms = {
  replyMetaOnly: (code: number) => ({ meta, errors: errors(code) }),
  entitiesResponse: (code: number) => ({ meta, errors: errors(code), resources: null }),
  apiError: (code: number) => ({ code, id: 'x', message: `said ${code}` }),
};

type Form = keyof typeof forms;
type Call = (read: ReadSide) => Promise<unknown>;

const reports = '/image-assessment/entities/reports/v2';
const folder = '/container-security';
const byReference: Call = (read) => read.reports.byReference({ tag: '1' });
const checks: Call = (read) => read.policyChecks.check({ repository: 'a', tag: 'b' });
const lookUp: Call = (read) => read.vulnerabilities.lookUp({ osversion: '', packages: [] });
const combined: Call = (read) => collect(read.images.list());
const details: Call = (read) => collect(read.vulnerabilities.ofImage('a'));
const running: Call = (read) => collect(read.containers.images());
const bases: Call = (read) => collect(read.baseImages.list());
const makeBase: Call = (read) => read.baseImages.create([{ tag: 'a' }]);
const dropBase: Call = (read) => read.baseImages.delete(['a']);
const ids: Call = (read) => collect(read.registries.ids());
const connect: Call = (read) => read.registries.create({ type: 'a', url: 'b', credential: { details: {} } });
const change: Call = (read) => read.registries.update('a', {});
const launch: Call = (read) => read.exports.launch({ resource: 'a', format: 'csv' });
const states: Call = (read) => read.exports.status(['a']);
const file: Call = (read) => collect(read.exports.download('a'));
const policies: Call = (read) => read.policies.list();

const codes: Readonly<Record<number, string>> = {
  400: 'REQUEST_REJECTED',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'REQUEST_REJECTED',
  429: 'RATE_LIMITED',
  500: 'UNAVAILABLE',
};

/** Each call with the statuses of the published interface, by the form of their bodies. */
const table: readonly (readonly [
  'GET' | 'POST' | 'PATCH' | 'DELETE',
  string,
  Call,
  Partial<Record<Form, number[]>>,
])[] = [
  ['GET', reports, byReference, { entitiesResponse: [400, 404, 500], replyMetaOnly: [403, 429] }],
  [
    'GET',
    '/image-assessment/entities/policy-checks/v2',
    checks,
    { entitiesResponse: [400, 404, 500], replyMetaOnly: [403, 429] },
  ],
  [
    'POST',
    '/image-assessment/combined/vulnerability-lookups/v1',
    lookUp,
    { entitiesResponse: [500], replyMetaOnly: [403, 429] },
  ],
  [
    'GET',
    `${folder}/combined/image-assessment/images/v1`,
    combined,
    { entitiesResponse: [403, 404, 500], replyMetaOnly: [429] },
  ],
  [
    'GET',
    `${folder}/combined/vulnerabilities/details/v1`,
    details,
    { entitiesResponse: [400, 404, 500], replyMetaOnly: [403, 429] },
  ],
  ['GET', `${folder}/combined/container-images/v1`, running, { entitiesResponse: [500], replyMetaOnly: [403, 429] }],
  [
    'GET',
    `${folder}/combined/base-images/v1`,
    bases,
    { entitiesResponse: [400, 500], apiError: [403], replyMetaOnly: [429] },
  ],
  [
    'POST',
    `${folder}/entities/base-images/v1`,
    makeBase,
    { entitiesResponse: [500], apiError: [403], replyMetaOnly: [429] },
  ],
  [
    'DELETE',
    `${folder}/entities/base-images/v1`,
    dropBase,
    { entitiesResponse: [400, 500], apiError: [403], replyMetaOnly: [429] },
  ],
  ['GET', `${folder}/queries/registries/v1`, ids, { entitiesResponse: [404, 500], replyMetaOnly: [403, 429] }],
  ['POST', `${folder}/entities/registries/v1`, connect, { entitiesResponse: [409, 500], replyMetaOnly: [403, 429] }],
  ['PATCH', `${folder}/entities/registries/v1`, change, { entitiesResponse: [404, 500], replyMetaOnly: [403, 429] }],
  ['POST', `${folder}/entities/exports/v1`, launch, { replyMetaOnly: [403, 429, 500] }],
  ['GET', `${folder}/entities/exports/v1`, states, { replyMetaOnly: [400, 403, 429, 500] }],
  ['GET', `${folder}/entities/exports/files/v1`, file, { replyMetaOnly: [403, 404, 429, 500] }],
  [
    'GET',
    `${folder}/entities/image-assessment-policies/v1`,
    policies,
    { entitiesResponse: [500], replyMetaOnly: [403, 429] },
  ],
];

const cases = table.flatMap(([method, path, call, statuses]) =>
  Object.entries(statuses).flatMap(([form, list]) =>
    [...list, 401].map((status) => ({ method, path, call, form: form as Form, status })),
  ),
);

describe('a refusal', () => {
  it.each(cases)('of $method $path with $status as $form has its code and what was said', async (each) => {
    const { method, path, call, form, status } = each;
    const { desk } = deskOver([route(path, () => ({ status, json: forms[form](status) }), method)]);
    await expect(call(createReadSide(desk))).rejects.toMatchObject({
      code: codes[status],
      status,
      message: expect.stringContaining(`said ${status}`),
    });
  });
});

describe('an answer that is no JSON', () => {
  it.each([
    ['GET', reports, byReference] as const,
    ['GET', `${folder}/combined/container-images/v1`, running] as const,
  ])('of %s %s is RESPONSE_INVALID', async (method, path, call) => {
    const content = { type: 'text/html', bytes: Buffer.from('<html>') };
    const { desk } = deskOver([route(path, () => ({ status: 200, content }), method)]);
    await expect(call(createReadSide(desk))).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
  });
});

describe('the type of a report', () => {
  it('follows its format', () => {
    const { reports: endpoint } = createReadSide(deskOver([]).desk);
    const asked = () =>
      [
        endpoint.byScanId('a'),
        endpoint.byScanId('a', { format: 'cyclonedx-json' }),
        endpoint.byScanId('a', { format: 'sarif' }),
      ] as const;
    expectTypeOf<Awaited<ReturnType<typeof asked>[0]>>().toEqualTypeOf<ImageReport>();
    expectTypeOf<Awaited<ReturnType<typeof asked>[1]>>().toExtend<JsonObject>();
    expectTypeOf<Awaited<ReturnType<typeof asked>[2]>['runs']>().toEqualTypeOf<readonly unknown[]>();
  });
});
