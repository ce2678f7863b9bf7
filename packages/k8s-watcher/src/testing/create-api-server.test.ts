import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, createApiServer } from './create-api-server.ts';

let server: ApiServer;

beforeEach(async () => {
  server = await createApiServer();
});
afterEach(() => server.close());

async function get(path: string, init: RequestInit = {}) {
  const answer = await fetch(server.url + path, init);
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of any kind
  return { status: answer.status, body: (await answer.json()) as any };
}

const put = (name: string, labels: Record<string, string> = {}) =>
  server.put('pods', { metadata: { name, namespace: 'ns', labels } });

describe('createApiServer', () => {
  it('lists as of the first page, whatever changes then', async () => {
    for (const name of ['a', 'b', 'c']) put(name);
    const first = await get('/api/v1/pods?limit=2');
    expect(first.body.metadata).toMatchObject({ resourceVersion: server.resourceVersion, remainingItemCount: 1 });
    server.delete('pods', { name: 'c', namespace: 'ns' });
    put('d');
    const next = encodeURIComponent(first.body.metadata.continue);
    const second = await get(`/api/v1/pods?limit=2&continue=${next}`);
    expect(second.body.items).toMatchObject([{ metadata: { name: 'c' } }]);
    expect(second.body.metadata).toEqual({ resourceVersion: first.body.metadata.resourceVersion });
    server.compact();
    expect(await get(`/api/v1/pods?limit=2&continue=${next}`)).toMatchObject({ status: 410, body: { kind: 'Status' } });
  });

  it('watches from a version, with selectors that objects enter and leave', async () => {
    const { metadata } = put('a', { tier: 'web' });
    put('b', { tier: 'db' });
    put('a', { tier: 'db' });
    put('b', { tier: 'web' });
    server.delete('pods', { name: 'b', namespace: 'ns' });
    const query = `watch=true&timeoutSeconds=0&labelSelector=tier=web&resourceVersion=${metadata.resourceVersion}`;
    const text = await (await fetch(`${server.url}/api/v1/namespaces/ns/pods?${query}`)).text();
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'DELETED a',
      'ADDED b',
      'DELETED b',
    ]);
    expect(events.at(-1).object.metadata.resourceVersion).toBe(server.resourceVersion);
  });

  it('answers a watch from a forgotten version with an ERROR event', async () => {
    put('a');
    const version = server.resourceVersion;
    server.compact();
    const { body } = await get(`/api/v1/pods?watch=true&resourceVersion=${version}`);
    expect(body).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });

  it.each([
    ['/api/v1/pods?limit=x', 400],
    ['/api/v1/pods?continue=made-up', 400],
    ['/api/v1/pods?continue=a&resourceVersion=1', 400],
    ['/api/v1/pods?limt=1', 400],
    ['/api/v1/pods?fieldSelector=spec.color=red', 400],
    ['/api/v1/pods?labelSelector=a%20in%20(b)', 400],
    ['/api/v1/pods?watch=true&resourceVersion=x', 400],
    ['/api/v1/pods?watch=true&resourceVersion=999999', 504],
    ['/api/v1/pods/a', 404],
    ['/api/v1/namespaces/ns/pods/a', 404],
    ['/api/v1/namespaces/ns/nodes', 404],
    ['/apis/apps/v1/deployments', 404],
    ['/api/v1/constructor', 404],
  ])('refuses %s with %s', async (path, status) => {
    expect(await get(path)).toMatchObject({ status, body: { kind: 'Status', code: status } });
  });

  it('reads only, and only as JSON', async () => {
    expect((await get('/api/v1/pods', { method: 'POST' })).status).toBe(405);
    expect((await get('/api/v1/pods', { headers: { accept: 'text/html' } })).status).toBe(406);
  });

  it('asks for tokens, denies verbs, and records requests without credentials', async () => {
    server.acceptTokens('t');
    expect((await get('/api/v1/pods')).status).toBe(401);
    server.deny('get', 'nodes');
    const headers = { authorization: 'Bearer t' };
    const denied = await get('/api/v1/nodes/n', { headers });
    expect(denied.status).toBe(403);
    expect(denied.body.message).toContain('cannot get resource "nodes" in API group "" at the cluster scope');
    expect(server.requests).toEqual([
      { verb: 'list', resource: 'pods', query: {} },
      { verb: 'get', resource: 'nodes', name: 'n', query: {} },
    ]);
  });

  it('keeps namespaced and other objects apart', () => {
    expect(() => server.put('pods', { metadata: { name: 'a' } })).toThrow(TypeError);
    expect(() => server.put('nodes', { metadata: { name: 'a', namespace: 'b' } })).toThrow(TypeError);
    expect(server.delete('pods', { name: 'a', namespace: 'b' })).toBe(false);
  });
});
