import { createServer, type RequestListener, request, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, selfSignedCertificate, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { parseProxy } from './proxy.ts';

interface TestProxyOptions {
  /** Port on loopback that every host is taken to. */
  readonly port: number;
  /** `user:password` that must be given. */
  readonly user?: string;
  /** Status that everything is refused with; 0 for no answer at all. */
  readonly refuse?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface TestProxy {
  readonly url: string;
  readonly host: string;
  /** What was asked for: `CONNECT host:port` or `GET http://host/path`. */
  readonly asked: string[];
}

/** A proxy that forwards and tunnels, and takes every host name to one port here. */
async function proxyTo({ port: target, user, refuse, tls }: TestProxyOptions): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const refusal = (authorization: string | undefined): number | undefined => {
    if (refuse !== undefined) return refuse;
    const wanted = user && `Basic ${Buffer.from(user).toString('base64')}`;
    return wanted === authorization ? undefined : 407;
  };
  const forward: RequestListener = (incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const status = refusal(incoming.headers['proxy-authorization']);
    if (status === 0) return;
    if (status !== undefined) {
      outgoing.writeHead(status).end('refused');
      return;
    }
    const { pathname, search } = new URL(incoming.url ?? '');
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const onward = request({ host: '127.0.0.1', port: target, path: pathname + search, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  };
  const server: Server = tls === undefined ? createServer(forward) : createTlsServer(tls, forward);
  server.on('connect', (incoming, client: Socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    const status = refusal(incoming.headers['proxy-authorization']);
    if (status === 0) return;
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
      return;
    }
    const onward = connect(target, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const [from, to] of [
      [client, onward],
      [onward, client],
    ] as const) {
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  untilTestEnds({
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  });
  return { url: tls === undefined ? `http://${host}` : `https://localhost:${port}`, host, asked };
}

const certificate = selfSignedCertificate(['registry.test', 'storage.test', 'localhost']);

async function registryWith(options: TestRegistryOptions = {}): Promise<TestRegistry & { port: number }> {
  const registry = untilTestEnds(await createRegistry(options));
  await registry.push('team/app', '1');
  return Object.assign(registry, { port: Number(new URL(registry.url).port) });
}

function clientWith(options: RegistryClientOptions = {}): RegistryClient {
  const client = new RegistryClient({
    insecureHttp: ['registry.test:5000'],
    tls: { ca: certificate.cert },
    retry: { sleep: () => Promise.resolve() },
    ...options,
  });
  untilTestEnds(client);
  return client;
}

const plain = 'registry.test:5000/team/app:1';
const secure = 'registry.test/team/app:1';

describe('requests through a proxy', () => {
  it('go as absolute form for http, and keep their bodies and digests', async () => {
    const registry = await registryWith();
    const proxy = await proxyTo({ port: registry.port });
    const image = await clientWith({ proxy: { http: proxy.url, https: 'http://127.0.0.1:1' } }).resolve(plain);
    for (const layer of image.layers) for await (const chunk of layer.open()) expect(chunk.length).toBeGreaterThan(0);
    expect(proxy.asked).toEqual([
      'GET http://registry.test:5000/v2/team/app/manifests/1',
      `GET http://registry.test:5000/v2/team/app/blobs/${image.configDigest}`,
      `GET http://registry.test:5000/v2/team/app/blobs/${image.layers[0]?.digest}`,
    ]);
    expect(registry.requests[0]?.headers.host).toBe('registry.test:5000');
  });

  it('go through a tunnel for https, and check the certificate of the registry', async () => {
    const registry = await registryWith({ tls: certificate });
    const proxy = await proxyTo({ port: registry.port });
    const image = await clientWith({ proxy: { https: proxy.host } }).resolve(secure);
    for (const layer of image.layers) for await (const chunk of layer.open()) expect(chunk.length).toBeGreaterThan(0);
    expect(new Set(proxy.asked)).toEqual(new Set(['CONNECT registry.test:443']));
    const distrustful = clientWith({ proxy: { https: proxy.url }, tls: {} });
    expect(await failureOf(distrustful.resolve(secure))).toMatchObject({ code: 'TLS' });
    const elsewhere = clientWith({ proxy: { https: proxy.url } }).resolve('other.test/team/app:1');
    expect((await failureOf(elsewhere)).message).toContain('the certificate is for another host');
  });

  it('go to a proxy that has TLS itself', async () => {
    const registry = await registryWith({ tls: certificate });
    const proxy = await proxyTo({ port: registry.port, tls: certificate });
    const client = clientWith({ proxy: { https: proxy.url, http: proxy.url } });
    expect((await client.resolve(secure)).layers).toHaveLength(1);
    const http = await registryWith();
    const second = await proxyTo({ port: http.port, tls: certificate });
    expect((await clientWith({ proxy: { http: second.url } }).resolve(plain)).layers).toHaveLength(1);
  });

  it('authenticate to the proxy, and to the proxy only', async () => {
    const registry = await registryWith({ tls: certificate });
    const http = await registryWith();
    const user = 'user@x:p@ss word';
    const url = (proxy: TestProxy): string => `http://user%40x:p%40ss%20word@${proxy.host}`;
    const [tunnel, forward] = [await proxyTo({ port: registry.port, user }), await proxyTo({ port: http.port, user })];
    await clientWith({ proxy: { https: url(tunnel) } }).resolve(secure);
    await clientWith({ proxy: { http: url(forward) } }).resolve(plain);
    for (const { headers } of [...registry.requests, ...http.requests]) {
      expect(headers['proxy-authorization']).toBeUndefined();
    }
  });

  it('end with PROXY when it wants another user, without a word of the password', async () => {
    const proxy = await proxyTo({ port: 1, user: 'user:right' });
    const url = `http://user:hunter2@${proxy.host}`;
    for (const image of [plain, secure]) {
      const client = clientWith({ proxy: { http: url, https: url } });
      const error = await failureOf(client.resolve(image));
      expect(error).toMatchObject({ code: 'PROXY', status: 407, retryable: false });
      expect(error.message).toContain(`: proxy ${proxy.host} refuses with HTTP 407`);
      expect(error.hint).toContain('user name and password of the proxy');
      expect(`${error.message}${error.hint}${error.cause}`).not.toMatch(/hunter2|aHVudGVyMg|dXNlcjpod/);
    }
    expect(proxy.asked).toHaveLength(2);
  });

  it('end with PROXY when it refuses the host, after other attempts where that may pass', async () => {
    for (const [refuse, attempts] of [
      [403, 1],
      [503, 3],
    ] as const) {
      const proxy = await proxyTo({ port: 1, refuse });
      const error = await failureOf(clientWith({ proxy: { https: proxy.url } }).resolve(secure));
      expect(error).toMatchObject({ code: 'PROXY', status: refuse, retryable: refuse === 503 });
      expect(error.hint).toContain('NO_PROXY');
      expect(proxy.asked).toHaveLength(attempts);
    }
  });

  it('say that the proxy is not there, or says nothing', async () => {
    const url = 'http://user:hunter2@127.0.0.1:1';
    for (const image of [plain, secure]) {
      const error = await failureOf(clientWith({ proxy: { http: url, https: url } }).resolve(image));
      expect(error).toMatchObject({ code: 'NETWORK', hint: expect.stringContaining('address of the proxy') });
      expect(error.message).toMatch(/through proxy 127\.0\.0\.1:1: nothing listens on that port$/);
    }
    const silent = await proxyTo({ port: 1, refuse: 0 });
    const limits = { connectTimeout: 200, headersTimeout: 200 };
    const client = clientWith({ proxy: { http: silent.url, https: silent.url }, limits, retry: { tries: 1 } });
    for (const image of [plain, secure]) {
      expect(await failureOf(client.resolve(image))).toMatchObject({ code: 'TIMEOUT', retryable: true });
    }
  });

  it('reject with the reason of the signal while the proxy says nothing', async () => {
    const silent = await proxyTo({ port: 1, refuse: 0 });
    const client = clientWith({ proxy: { http: silent.url, https: silent.url } });
    for (const image of [plain, secure]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort('enough'), 50);
      await expect(client.resolve(image, { signal: controller.signal })).rejects.toBe('enough');
    }
  });

  it('close the connection of a layer when the loop is left, and everything with the client', async () => {
    const registry = await registryWith({ tls: certificate });
    const layers = [{ tar: Buffer.alloc(30_000_000, 'x'), compression: 'none' }] as const;
    await registry.push('team/app', '1', { layers });
    const proxy = await proxyTo({ port: registry.port });
    const client = clientWith({ proxy: { https: proxy.url } });
    const layer = (await client.resolve(secure)).layers[0] ?? expect.fail();
    for await (const chunk of layer.open()) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await vi.waitFor(() => expect(registry.requests.at(-1)?.outcome).toBe('closed'));
    const read = async (): Promise<void> => {
      for await (const _ of layer.open()) await client.close();
    };
    await expect(read()).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.resolve(secure)).rejects.toMatchObject({ code: 'CLOSED' });
  });
});

describe('the choice of the proxy', () => {
  it('leaves out loopback and what NO_PROXY names', async () => {
    const registry = await registryWith();
    const proxy = await proxyTo({ port: registry.port });
    const settings = { http: proxy.url, https: proxy.url, no: '.test,10.0.0.0/8' };
    const client = clientWith({ proxy: settings, retry: { tries: 1 } });
    await client.resolve(`${registry.host}/team/app:1`);
    expect((await failureOf(client.resolve(plain))).code).toBe('NETWORK');
    expect(proxy.asked).toEqual([]);
  });

  it('is made for each scheme by itself, and none is made of empty values', async () => {
    const registry = await registryWith();
    const proxy = await proxyTo({ port: registry.port });
    for (const settings of [{ http: proxy.url }, { http: '', https: ' ', no: '' }]) {
      const error = await failureOf(clientWith({ proxy: settings, retry: { tries: 1 } }).resolve(secure));
      expect(error.message).not.toContain('proxy');
    }
    expect(proxy.asked).toEqual([]);
  });

  it('is made by each redirect anew', async () => {
    const registry = await registryWith();
    const proxy = await proxyTo({ port: registry.port });
    const client = clientWith({ proxy: { http: proxy.url } });
    // To the storage server on loopback, which no proxy would reach.
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'redirect' } });
    const image = await client.resolve(plain);
    expect(registry.requests.at(-1)?.server).toBe('storage');
    expect(proxy.asked).toHaveLength(2);
    // And from loopback to a host behind the proxy.
    const to = `http://storage.test/v2/team/app/blobs/${image.configDigest}?X-Amz-Signature=s`;
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'redirect', to } });
    await client.resolve(`${registry.host}/team/app:1`);
    expect(proxy.asked.slice(2)).toEqual([`GET ${to}`]);
  });

  it('does not lead to a forbidden address', async () => {
    const registry = await registryWith();
    const proxy = await proxyTo({ port: registry.port });
    registry.addFault({ on: 'blob', fault: { kind: 'redirect', to: 'http://169.254.169.254/latest' } });
    const error = await failureOf(clientWith({ proxy: { http: proxy.url } }).resolve(plain));
    expect(error.code).toBe('ADDRESS_FORBIDDEN');
    expect(proxy.asked.every((line) => line.includes('registry.test'))).toBe(true);
  });
});

describe('addresses of proxies', () => {
  it('are URLs, or hosts taken for http', () => {
    expect(parseProxy('proxy.http', 'proxy.example:3128')).toEqual({
      origin: 'http://proxy.example:3128',
      host: 'proxy.example:3128',
      authorization: undefined,
    });
    expect(parseProxy('proxy.https', ' https://u@proxy.example/path ')).toEqual({
      origin: 'https://proxy.example',
      host: 'proxy.example',
      authorization: `Basic ${Buffer.from('u:').toString('base64')}`,
    });
    expect(parseProxy('proxy.http', undefined)).toBeUndefined();
  });

  it.each(['socks5://hunter2@h', 'http://', 'http://u:hunter2%zz@h', 'http://u:hunter2@h:port'])(
    'are refused at once, and not printed: %s',
    (value) => {
      try {
        new RegistryClient({ proxy: { https: value } });
        expect.fail('it should have failed');
      } catch (error) {
        expect(error).toMatchObject({ code: 'PROXY', message: expect.stringContaining('proxy.https') });
        expect(String(error)).not.toContain('hunter2');
      }
    },
  );
});
