import { describe, expect, it, vi } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../testing.ts';
import { parseRateLimit } from './rate-limit.ts';
import type { RegistryEvent } from './registry-event.ts';
import { requestKind } from './request-kind.ts';
import { parseWarnings } from './warning.ts';

const user = { username: 'robot', password: 'hunter2' };

describe('events of a client', () => {
  it('tell every attempt, what is sent again, and nothing secret', async () => {
    const registry = untilTestEnds(await createRegistry({ auth: { type: 'bearer', ...user } }));
    const { reference } = await registry.push('team/app', '1');
    registry.addFault({ on: 'token', times: 1, fault: { kind: 'status', status: 503 } });
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'reset' } });
    const events: RegistryEvent[] = [];
    const client = untilTestEnds(
      new RegistryClient({
        keychain: staticKeychain({ [registry.host]: user }),
        retry: { sleep: () => Promise.resolve(), random: () => 0.5 },
        onEvent: (event) => events.push(event),
      }),
    );
    await client.resolve(reference);
    const lines = events.map((event) =>
      event.type === 'request' ? `${event.kind} ${event.attempt} ${event.status ?? event.code}` : event,
    );
    const { host } = registry;
    expect(lines).toEqual([
      'manifest 1 401',
      'token 1 503',
      { type: 'retry', host, wait: 250, reason: 503, attempt: 1 },
      'token 2 200',
      'manifest 1 200',
      'blob 1 NETWORK',
      { type: 'retry', host, wait: 250, reason: 'NETWORK', attempt: 1 },
      'blob 2 200',
    ]);
    expect(events[0]).toMatchObject({ method: 'GET', host, redirected: false, ms: expect.any(Number) });
    expect(JSON.stringify(events)).not.toMatch(/hunter2|Bearer|Basic|team/);
  });

  it('tell the rate limit and warnings of the registry, each warning once', async () => {
    const registry = untilTestEnds(await createRegistry());
    const { reference } = await registry.push('app', '1');
    const headers = {
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': '76;w=21600',
      'docker-ratelimit-source': '192.0.2.1',
      warning: '299 - "images older than a year go, see https://x.example/?token=secret"',
    };
    registry.addFault({ on: 'manifest', fault: { kind: 'headers', headers } });
    const events: RegistryEvent[] = [];
    const client = untilTestEnds(new RegistryClient({ onEvent: (event) => events.push(event) }));
    expect(client.rateLimit(registry.host)).toBeUndefined();
    await client.getManifest(reference);
    await client.getManifest(reference);
    const limit = { limit: 100, remaining: 76, window: 21_600_000, source: '192.0.2.1' };
    expect(client.rateLimit(registry.host)).toEqual(limit);
    const told = events.filter(({ type }) => type !== 'request');
    expect(told).toEqual([
      { type: 'rate-limit', host: registry.host, ...limit },
      { type: 'warning', host: registry.host, text: 'images older than a year go, see https://x.example/' },
      { type: 'rate-limit', host: registry.host, ...limit },
    ]);
  });

  it('do not disturb the pull when their listener throws, and the program hears of it once', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const registry = untilTestEnds(await createRegistry());
    const { reference } = await registry.push('app', '1');
    const onEvent = (): void => {
      throw new Error('a mistake of the listener');
    };
    await untilTestEnds(new RegistryClient({ onEvent })).resolve(reference);
    expect(warned.mock.calls).toEqual([[expect.stringContaining('a mistake of the listener')]]);
  });
});

describe('what answers say', () => {
  it('is read as a rate limit where it is one', () => {
    expect(parseRateLimit({ 'ratelimit-remaining': '5' })).toEqual({ remaining: 5 });
    expect(parseRateLimit({ 'ratelimit-limit': ['200;w=60', '1'] })).toEqual({ limit: 200, window: 60_000 });
    for (const nonsense of ['', 'many', '-1', ';w=5'])
      expect(parseRateLimit({ 'ratelimit-limit': nonsense })).toBeUndefined();
  });

  it('is read as warnings where the registry means people', () => {
    const warning = ['299 - "one \\"quoted\\"", 299 - "two\u0007"', '110 cache "stale", 299 other "not ours"'];
    expect(parseWarnings({ warning })).toEqual(['one "quoted"', 'two']);
    expect(parseWarnings({ warning: Array(50).fill('299 - "x"') })).toHaveLength(10);
    expect(parseWarnings({})).toEqual([]);
    const begun = performance.now();
    parseWarnings({ warning: '299 - "'.repeat(2000) });
    expect(performance.now() - begun).toBeLessThan(200);
  });

  it.each([
    ['manifests/1', 'manifest'],
    ['blobs/sha256:a', 'blob'],
    ['blobs/uploads/?mount=x', 'upload'],
    ['tags/list?n=5', 'tags'],
    ['referrers/sha256:a', 'referrers'],
    [new URL('https://x.example/v2/_catalog?n=1'), 'catalog'],
    [new URL('https://x.example/v2/manifests/app/blobs/uploads/7'), 'manifest'],
    [new URL('https://x.example/somewhere'), 'other'],
  ] as const)('%s is a request of a kind', (path, kind) => {
    expect(requestKind(path)).toBe(kind);
  });
});
