import { describe, expect, it, vi } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { RegistryError } from '../error.ts';
import type { HostCapability, RegistryHost, RegistryHosts } from '../hosts/registry-host.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { loopbackServer } from './loopback-server.test-support.ts';
import type { RegistryEvent } from './registry-event.ts';

const all: readonly HostCapability[] = ['pull', 'resolve', 'push'];
const spec = { layers: [{ entries: [{ path: 'a', content: 'a' }] }] };

async function registryWith(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  await registry.push('app', '1', spec);
  return registry;
}

/** A host that stands for `upstream.example`. */
function host(url: string, more: Partial<RegistryHost> = {}): RegistryHost {
  const api = new URL('/v2/', url);
  return { api, registry: api.host, repository: 'app', capabilities: new Set(all), ...more };
}

function clientWith(hosts: readonly RegistryHost[], options: RegistryClientOptions = {}): RegistryClient {
  const found: RegistryHosts = { hostsFor: () => Promise.resolve(hosts) };
  const retry = { sleep: () => Promise.resolve() };
  return untilTestEnds(new RegistryClient({ hosts: found, retry, ...options }));
}

const image = 'upstream.example/app:1';
const pathsAt = ({ requests }: TestRegistry): string[] =>
  requests.map(({ method, path, status }) => `${method} ${path.split('/').at(-2)} ${status}`);
const readLayers = async (client: RegistryClient): Promise<void> => {
  for (const layer of (await client.resolve(image)).layers) for await (const _ of layer.open());
};

describe('mirrors', () => {
  it('are asked in their order, and the registry itself not as long as they answer', async () => {
    const [mirror, upstream] = [await registryWith(), await registryWith()];
    await readLayers(clientWith([host(mirror.url), host(upstream.url)]));
    expect(pathsAt(mirror)).toEqual(['GET manifests 200', 'GET blobs 200', 'GET blobs 200']);
    expect(upstream.requests).toEqual([]);
  });

  it('are told which registry is meant, and that alone by query', async () => {
    const mirror = await registryWith();
    await readLayers(clientWith([host(mirror.url, { namespace: 'upstream.example' })]));
    expect(mirror.requests.map(({ query }) => query)).toEqual(Array(3).fill('?ns=upstream.example'));
  });

  it('may have the repository under another name and path', async () => {
    const mirror = untilTestEnds(await createRegistry());
    await mirror.push('cache/app', '1', spec);
    await readLayers(clientWith([host(mirror.url, { api: new URL('/v2/cache', mirror.url), repository: 'app' })]));
    expect(mirror.requests[0]?.path).toBe('/v2/cache/app/manifests/1');
  });

  it('that do not resolve tags are asked for digests only', async () => {
    const [mirror, upstream] = [await registryWith(), await registryWith()];
    await readLayers(clientWith([host(mirror.url, { capabilities: new Set(['pull']) }), host(upstream.url)]));
    expect(pathsAt(upstream)).toEqual(['GET manifests 200']);
    expect(pathsAt(mirror)).toEqual(['GET blobs 200', 'GET blobs 200']);
    const none = clientWith([host(mirror.url, { capabilities: new Set(['pull']) })]);
    expect(await failureOf(none.resolve(image))).toMatchObject({
      code: 'UNSUPPORTED',
      hint: expect.stringContaining('resolve'),
    });
  });

  it.each([
    ['has nothing', { kind: 'status', status: 404 }],
    ['refuses', { kind: 'status', status: 403 }],
    ['wants a login nobody has', { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }],
    ['wants a login nobody understands', { kind: 'status', status: 401 }],
    ['limits its rate', { kind: 'status', status: 429 }],
    ['is broken', { kind: 'status', status: 500 }],
    ['breaks the connection', { kind: 'reset' }],
    ['redirects to a metadata address', { kind: 'redirect', to: 'http://169.254.169.254/' }],
    ['has other content', { kind: 'flip', at: 3 }],
    ['cuts its answers', { kind: 'cut', after: 7 }],
    ['does not find the end', { kind: 'oversize', bytes: 30_000_000 }],
  ] as const)('that %s are replaced by the next host', async (_, fault) => {
    const [mirror, upstream] = [await registryWith({ faults: [{ on: 'manifest', fault }] }), await registryWith()];
    const events: RegistryEvent[] = [];
    const client = clientWith([host(mirror.url), host(upstream.url)], { onEvent: (event) => events.push(event) });
    expect((await client.resolve(image)).layers).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'mirror-failed')).toMatchObject([{ host: mirror.host }]);
    expect(pathsAt(upstream)[0]).toBe('GET manifests 200');
  });

  it('that say when to come back are not waited for', async () => {
    const fault = { kind: 'status', status: 429, retryAfter: 5 } as const;
    const [mirror, upstream] = [await registryWith({ faults: [{ on: 'manifest', fault }] }), await registryWith()];
    await readLayers(clientWith([host(mirror.url), host(upstream.url)]));
    expect(pathsAt(mirror)).toEqual(['GET manifests 429', 'GET blobs 200', 'GET blobs 200']);
  });

  it('fail a blob whose content is wrong in the middle: what was read cannot be taken back', async () => {
    const [mirror, upstream] = [await registryWith(), await registryWith()];
    const client = clientWith([host(mirror.url), host(upstream.url)]);
    const { layers } = await client.resolve(image);
    mirror.addFault({ on: 'blob', fault: { kind: 'flip', at: 3 } });
    const reading = (async () => {
      for await (const _ of layers[0]?.open() ?? []);
    })();
    expect(await failureOf(reading)).toMatchObject({ code: 'DIGEST_INVALID' });
    expect(upstream.requests).toEqual([]);
  });

  it('go on with a blob that another one began', async () => {
    const [mirror, upstream] = [await registryWith(), await registryWith()];
    const client = clientWith([host(mirror.url), host(upstream.url)]);
    const { layers } = await client.resolve(image);
    mirror.addFault({ on: 'blob', times: 1, fault: { kind: 'cut', after: 10 } });
    mirror.addFault({ on: 'blob', fault: { kind: 'status', status: 404 } });
    for await (const _ of layers[0]?.open() ?? expect.fail());
    expect(upstream.requests.at(-1)).toMatchObject({ status: 206, headers: { range: 'bytes=10-' } });
    // The entity tag is of another server's making.
    expect(upstream.requests.at(-1)?.headers['if-range']).toBeUndefined();
  });

  it('are named in the error of the last host, with their own errors as its cause', async () => {
    const mirror = await registryWith({ faults: [{ fault: { kind: 'status', status: 403 } }] });
    const upstream = await registryWith({ faults: [{ fault: { kind: 'status', status: 503, retryAfter: 60 } }] });
    const error = await failureOf(clientWith([host(mirror.url), host(upstream.url)]).resolve(image));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', status: 503, retryable: true, retryAfter: 60_000 });
    expect(error.message).toBe(
      `[UNAVAILABLE] GET ${upstream.host}/v2/app/manifests/1: HTTP 503, injected fault; mirrors tried before it: ${mirror.host} (DENIED)`,
    );
    expect((error.cause as AggregateError).errors.map(({ code }) => code)).toEqual(['DENIED', 'UNAVAILABLE']);
  });

  it('that cannot be reached cost one attempt, and are then passed over for a while', async () => {
    let now = 5_000_000;
    const dead = await registryWith();
    await dead.close();
    const upstream = await registryWith();
    const events: RegistryEvent[] = [];
    const onEvent = (event: RegistryEvent): unknown => events.push(event);
    const client = clientWith([host(dead.url), host(upstream.url)], { now: () => now, onEvent });
    const attempts = (): number =>
      events.filter((event) => event.type === 'request' && event.host === dead.host).length;
    await readLayers(client);
    expect(attempts()).toBe(1);
    expect(events).toContainEqual({ type: 'mirror-failed', host: dead.host, code: 'NETWORK', passedOverFor: 30_000 });
    now += 30_000;
    await readLayers(client);
    expect(attempts()).toBe(2);
    await upstream.close();
    const error = await failureOf(client.resolve(image));
    expect(error).toMatchObject({ code: 'NETWORK', message: expect.stringContaining(`${dead.host} (passed over`) });
  });

  it('do not hide what is wrong here', async () => {
    const [mirror, upstream] = [
      await registryWith({ auth: { type: 'basic', username: 'a', password: 'b' } }),
      await registryWith(),
    ];
    const broken = new RegistryError('CREDENTIALS_INVALID', 'config.json: not JSON');
    const keychain = { resolve: () => Promise.reject(broken) };
    const error = await failureOf(clientWith([host(mirror.url), host(upstream.url)], { keychain }).resolve(image));
    expect(error).toBe(broken);
    const blocked = new RegistryError('BLOCKED', 'upstream.example: blocked');
    const hosts = { hostsFor: () => Promise.reject(blocked) };
    expect(await failureOf(clientWith([], { hosts }).resolve(image))).toBe(blocked);
  });

  it('end at once when the signal aborts', async () => {
    const controller = new AbortController();
    const silent = await loopbackServer(() => controller.abort('enough'));
    const upstream = await registryWith();
    const client = clientWith([host(silent.url), host(upstream.url)]);
    await expect(client.resolve(image, { signal: controller.signal })).rejects.toBe('enough');
    expect(upstream.requests).toEqual([]);
  });
});

describe('the settings of a host', () => {
  const mirrorUser = { username: 'mirror', password: 'm-secret' };
  const upstreamUser = { username: 'upstream', password: 'u-secret' };

  it('have credentials of their own: a mirror never gets those of the registry', async () => {
    const mirror = await registryWith({ auth: { type: 'bearer', ...mirrorUser } });
    const open = await registryWith({ auth: { type: 'bearer', ...upstreamUser } });
    const keychain = staticKeychain({ [mirror.host]: mirrorUser, 'upstream.example': upstreamUser });
    const upstream = host(open.url, { registry: 'upstream.example' });
    await readLayers(clientWith([host(mirror.url), upstream], { keychain }));
    const sent = JSON.stringify(mirror.requests);
    expect(sent).not.toContain(Buffer.from('upstream:u-secret').toString('base64'));

    const other = clientWith([host(mirror.url), upstream], {
      keychain: staticKeychain({ 'upstream.example': upstreamUser }),
    });
    await readLayers(other);
    expect(JSON.stringify(mirror.requests)).not.toContain(Buffer.from('upstream:u-secret').toString('base64'));
    expect(pathsAt(open).filter((line) => line.endsWith('200')).length).toBeGreaterThan(2);
  });

  it('have headers that no redirect carries elsewhere', async () => {
    const mirror = await registryWith();
    mirror.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    await readLayers(clientWith([host(mirror.url, { headers: { 'X-Api-Key': 'secret', 'User-Agent': 'site/1' } })]));
    const seen = (server: string): unknown[] =>
      mirror.requests.filter((request) => request.server === server).map(({ headers }) => headers['x-api-key']);
    expect(seen('registry')).toEqual(['secret', 'secret', 'secret']);
    expect(seen('storage')).toEqual([undefined, undefined]);
    expect(mirror.requests[0]?.headers['user-agent']).toBe('site/1');
  });

  it('have TLS settings of their own, and other hosts still those of the client', async () => {
    const mirror = await registryWith({ tls: true });
    mirror.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    await readLayers(clientWith([host(mirror.url, { tls: { ca: mirror.certificate } })]));
    const error = await failureOf(clientWith([host(mirror.url)]).resolve(image));
    expect(error.code).toBe('TLS');
  });

  it('bound how many requests are under way, bodies included', async () => {
    let [open, most] = [0, 0];
    const server = await loopbackServer((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      response.write('x');
      setTimeout(() => response.end('y'), 20);
      response.on('close', () => {
        open -= 1;
      });
    });
    const client = clientWith([host(server.url, { concurrency: 2 })]);
    const blob = { digest: `sha256:${'a'.repeat(64)}`, size: 2 };
    const read = async (): Promise<void> => {
      for await (const _ of client.openBlob(image, blob));
    };
    const ends = await Promise.allSettled(Array.from({ length: 8 }, read));
    expect(ends.map(({ status }) => status)).toEqual(Array(8).fill('rejected'));
    expect(most).toBe(2);
    expect(server.requests).toHaveLength(8);
  });

  it('give a place back when a body is left, and let a waiting request be aborted', async () => {
    const server = await loopbackServer((_request, response) => response.write('x'));
    const client = clientWith([host(server.url, { concurrency: 1 })]);
    const blob = { digest: `sha256:${'a'.repeat(64)}`, size: 100 };
    const begin = async (options = {}): Promise<AsyncIterator<Uint8Array>> => {
      const reading = client.openBlob(image, blob, options)[Symbol.asyncIterator]();
      await reading.next();
      return reading;
    };
    const first = await begin();
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 50);
    await expect(begin({ signal: controller.signal })).rejects.toBe('enough');
    expect(server.requests).toHaveLength(1);
    await first.return?.();
    const second = await begin();
    expect(server.requests).toHaveLength(2);
    await second.return?.();
    await vi.waitFor(() => expect(server.openConnections).toBe(0));
  });

  it('let a request be aborted that waits for its turn, and give its place back', async () => {
    const mirror = await registryWith();
    const slow = host(mirror.url, { requestsPerSecond: 0.01, concurrency: 1 });
    const client = clientWith([slow], { retry: {} });
    await client.getManifest(image);
    for (let round = 0; round < 2; round++) {
      const controller = new AbortController();
      setTimeout(() => controller.abort('enough'), 20);
      await expect(client.getManifest(image, { signal: controller.signal })).rejects.toBe('enough');
    }
    expect(mirror.requests).toHaveLength(1);
  });

  it('bound how many requests begin in a second', async () => {
    const mirror = await registryWith();
    const slept: number[] = [];
    const sleep = (ms: number): Promise<void> => {
      slept.push(ms);
      return Promise.resolve();
    };
    const client = clientWith([host(mirror.url, { requestsPerSecond: 2 })], { now: () => 0, retry: { sleep } });
    await readLayers(client);
    await client.resolve(image);
    expect(slept).toEqual([1000, 1000, 2000]);
  });
});
