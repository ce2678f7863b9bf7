import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ask } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { TestRegistry } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

async function startRegistry(): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry());
  registry.pushManifest('team/app', '1', '{}', 'application/json');
  return registry;
}

describe('the log of requests', () => {
  it('has what was asked for and what became of it', async () => {
    const registry = await startRegistry();
    await ask(registry, 'GET /v2/team/app/tags/list?n=5');
    await ask(registry, 'PUT /v2/team/app/manifests/2', { body: 'abc' });
    const base = { server: 'registry', repository: 'team/app', authorization: undefined, fault: undefined };
    await registry.waitForRequest(({ method, outcome }) => method === 'PUT' && outcome === 'sent');
    expect(registry.requests).toMatchObject([
      { ...base, kind: 'list', method: 'GET', path: '/v2/team/app/tags/list', query: '?n=5', status: 200 },
      { ...base, kind: 'manifest', method: 'PUT', query: '', reference: '2', status: 400, bytesReceived: 3 },
    ]);
    expect(registry.requests[0]?.bytesSent).toBe('{"name":"team/app","tags":["1"]}'.length);
  });

  it('tells credentials apart without telling them', async () => {
    const registry = await startRegistry();
    for (const authorization of ['Basic c2VjcmV0', 'Basic c2VjcmV0', 'Bearer other-secret']) {
      await ask(registry, 'GET /v2/', { headers: { authorization } });
    }
    const [one, same, other] = registry.requests;
    expect(one?.authorization).toEqual({ scheme: 'Basic', hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect(same?.authorization).toEqual(one?.authorization);
    expect(other?.authorization?.hash).not.toBe(one?.authorization?.hash);
    expect(one?.headers.authorization).toBe('Basic c2VjcmV0');
    for (const text of [inspect(registry.requests, { depth: 9 }), JSON.stringify(registry.requests)]) {
      expect(text).not.toMatch(/c2VjcmV0|other-secret/);
    }
  });

  it('finds requests by what they are', async () => {
    const registry = await startRegistry();
    for (const line of [
      'GET /v2/',
      'HEAD /v2/team/app/manifests/1',
      'GET /v2/team/app/manifests/1',
      'GET /v2/x/tags/list',
    ]) {
      await ask(registry, line, { headers: { accept: '*/*' } });
    }
    const linesFor = (filter: Parameters<TestRegistry['requestsFor']>[0]): string[] =>
      registry.requestsFor(filter).map(({ method, path }) => `${method} ${path}`);
    expect(linesFor({ kind: 'manifest', method: 'GET' })).toEqual(['GET /v2/team/app/manifests/1']);
    expect(linesFor({ repository: 'team/app', reference: '1' })).toHaveLength(2);
    expect(linesFor({ status: 404 })).toEqual(['GET /v2/x/tags/list']);
    expect(linesFor({ server: 'storage' })).toEqual([]);
    expect(linesFor({})).toHaveLength(4);
  });
});

describe('waiting for a request', () => {
  it('ends with one that came before, or comes', async () => {
    const registry = await startRegistry();
    const coming = registry.waitForRequest(({ path }) => path === '/v2/');
    await ask(registry, 'GET /v2/');
    const came = registry.waitForRequest(({ path }) => path === '/v2/');
    expect(await coming).toBe(await came);
  });

  it('ends with the reason of its signal, or when the registry is closed', async () => {
    const registry = await startRegistry();
    const reason = new Error('enough');
    const controller = new AbortController();
    const aborted = registry.waitForRequest(() => false, { signal: controller.signal });
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await expect(registry.waitForRequest(() => true, { signal: controller.signal })).rejects.toBe(reason);
    const waiting = expect(registry.waitForRequest(() => false)).rejects.toThrow('closed');
    await registry.close();
    await waiting;
    await expect(registry.waitForRequest(() => false)).rejects.toThrow('closed');
  });
});

describe('connections', () => {
  it('are counted while they are open', async () => {
    const registry = await startRegistry();
    expect(registry.openConnections).toBe(0);
    await fetch(new URL('/v2/', registry.url)).then((response) => response.text());
    expect(registry.openConnections).toBe(1);
    await registry.close();
    expect(registry.openConnections).toBe(0);
  });
});
