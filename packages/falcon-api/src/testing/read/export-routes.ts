import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { DoubleRoute, RouteCall } from '../double-route.ts';
import { type DoubleAnswer, metaInfo, refuse, refuseEntities, resources } from '../envelope.ts';
import { checkNames } from './answer-list.ts';
import { parseFql } from './fql.ts';
import { readBody } from './read-body.ts';
import { readScope } from './read-parts.ts';

const path = '/container-security/entities/exports/v1';

const kinds: Readonly<Record<string, readonly string[]>> = {
  assets: ['clusters', 'containers', 'deployments', 'images', 'namespaces', 'nodes', 'pods'],
  images: [
    ...['images-assessment-detections-expanded', 'images-assessment-expanded'],
    ...['images-assessment-vulnerabilities-expanded', 'images-assessment', 'images-detections', 'packages'],
    'vulnerabilities',
  ],
  investigate: [
    'container-alerts',
    'drift-indicators',
    'kubernetes-ioms',
    'runtime-detections',
    'unidentified-containers',
  ],
  policies: ['exclusions'],
};
const known: ReadonlySet<string> = new Set(
  Object.entries(kinds).flatMap(([group, names]) => names.map((name) => `${group}.${name}`)),
);

/** The list behind each resource that the double has content for; the others are exported empty. */
const lists: ReadonlyMap<string, readonly [path: string, query: string]> = new Map([
  ['images.images-assessment', ['/container-security/combined/image-assessment/images/v1', '']],
  [
    'images.images-assessment-expanded',
    ['/container-security/combined/images/export/v1', 'expand_vulnerabilities=true&expand_detections=true'],
  ],
  [
    'images.images-assessment-vulnerabilities-expanded',
    ['/container-security/combined/images/export/v1', 'expand_vulnerabilities=true'],
  ],
  [
    'images.images-assessment-detections-expanded',
    ['/container-security/combined/images/export/v1', 'expand_detections=true'],
  ],
  ['images.images-detections', ['/container-security/entities/detections/v1', '']],
  ['images.packages', ['/container-security/combined/packages/v2', '']],
  ['images.vulnerabilities', ['/container-security/combined/vulnerabilities/v1', '']],
  ['assets.images', ['/container-security/combined/container-images/v1', '']],
  ['investigate.unidentified-containers', ['/container-security/combined/unidentified-containers/v1', '']],
]);

const bodySchema = z.strictObject({
  format: z.enum(['csv', 'json']),
  resource: z.string().refine((name) => known.has(name), 'no such resource'),
  fql: z.string().optional(),
  sort: z.string(),
});

interface Job {
  readonly id: string;
  readonly resource: string;
  readonly created_at: string;
  readonly format: 'csv' | 'json';
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** How often it was asked for: it runs until the second time. */
  asked: number;
}

/** Exports of the lists, forgotten when the double ends. An export is done when its state is asked for a second time. */
export function exportRoutes(routes: readonly DoubleRoute[]): readonly DoubleRoute[] {
  const jobs = new Map<string, Job>();
  return [
    {
      ...{ method: 'POST', path, scope: readScope },
      async answer(call) {
        const body = readBody(call, bodySchema);
        return 'status' in body ? body : launch(body.value, jobs, routes, call);
      },
    },
    { ...{ method: 'GET', path, scope: readScope }, answer: (call) => answerStates(jobs, call) },
    {
      ...{ method: 'GET', path: '/container-security/queries/exports/v1', scope: readScope },
      answer: (call) => answerIds(jobs, call),
    },
    {
      ...{ method: 'GET', path: '/container-security/entities/exports/files/v1', scope: readScope },
      answer: (call) => answerFile(jobs, call),
    },
  ];
}

async function launch(
  { resource, format, fql = '', sort }: z.infer<typeof bodySchema>,
  jobs: Map<string, Job>,
  routes: readonly DoubleRoute[],
  call: RouteCall,
): Promise<DoubleAnswer> {
  if ([...jobs.values()].some((job) => job.resource === resource && statusOf(job) !== 'DONE')) {
    // Without a time to come back: it is no rate limit.
    return refuse(429, 'an export of this resource is running', call.traceId, 'one running export per resource');
  }
  const rows = await readRows(resource, { filter: fql, sort }, routes, call);
  if ('status' in rows) {
    return rows;
  }
  const created_at = new Date(call.now).toISOString();
  const job: Job = { id: randomUUID(), resource, created_at, format, rows, asked: 0 };
  jobs.set(job.id, job);
  return resources([job.id], call.traceId);
}

/** Reads a whole list through its own route, as a client would. */
async function readRows(
  resource: string,
  { filter, sort }: { readonly filter: string; readonly sort: string },
  routes: readonly DoubleRoute[],
  call: RouteCall,
): Promise<Job['rows'] | DoubleAnswer> {
  const [listPath, extra] = lists.get(resource) ?? [];
  const route = routes.find((candidate) => candidate.path === listPath);
  const rows: Readonly<Record<string, unknown>>[] = [];
  while (route !== undefined) {
    const query = new URLSearchParams(extra);
    query.set('offset', String(rows.length));
    query.set('limit', '100');
    for (const [name, value] of Object.entries({ filter, sort })) {
      if (value !== '') {
        query.set(name, value);
      }
    }
    const answer = await route.answer({ ...call, query });
    if (answer.status !== 200) {
      return answer;
    }
    const page = (answer.json as { resources: Job['rows'] | null }).resources ?? [];
    rows.push(...page);
    if (page.length === 0 || rows.length > 9_900) {
      break;
    }
  }
  return rows;
}

function statusOf({ asked }: Job): string {
  return asked === 0 ? 'WAITING' : asked === 1 ? 'IN_PROGRESS' : 'DONE';
}

function answerStates(jobs: ReadonlyMap<string, Job>, { query, now, traceId }: RouteCall): DoubleAnswer {
  const problem = checkNames(query, ['ids']);
  const ids = (query.get('ids') ?? '').split(',');
  const found = ids.flatMap((id) => jobs.get(id) ?? []);
  if (problem !== undefined || ids.length > 100 || found.length !== ids.length) {
    return refuse(400, 'invalid request', traceId, problem ?? 'ids: more than 100, or one names no export');
  }
  const states = found.map((job) => {
    job.asked += 1;
    const { id, resource, created_at } = job;
    return { id, resource, created_at, updated_at: new Date(now).toISOString(), retries: 0, status: statusOf(job) };
  });
  // With a capital R, as the published model has it.
  return { status: 200, json: { meta: metaInfo(traceId), errors: null, Resources: states } };
}

function answerIds(jobs: ReadonlyMap<string, Job>, { query, traceId }: RouteCall): DoubleAnswer {
  const problem = checkNames(query, ['filter']);
  const filter = parseFql(query.get('filter') ?? '', ['resource', 'status']);
  if (problem !== undefined || typeof filter === 'string') {
    return refuse(400, 'invalid request', traceId, problem ?? String(filter));
  }
  const found = [...jobs.values()].filter((job) => filter({ resource: job.resource, status: statusOf(job) }));
  return resources(
    found.slice(-100).map(({ id }) => id),
    traceId,
  );
}

function answerFile(jobs: ReadonlyMap<string, Job>, { query, traceId }: RouteCall): DoubleAnswer {
  const job = jobs.get(query.get('id') ?? '');
  if (job === undefined || statusOf(job) !== 'DONE') {
    return refuseEntities(404, 'export not found', traceId, 'id names no export that is done');
  }
  return job.format === 'json'
    ? { status: 200, content: { type: 'application/json', bytes: Buffer.from(JSON.stringify(job.rows)) } }
    : { status: 200, content: { type: 'application/octet-stream', bytes: Buffer.from(toCsv(job.rows)) } };
}

function toCsv(rows: Job['rows']): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: unknown): string => {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('');
}
