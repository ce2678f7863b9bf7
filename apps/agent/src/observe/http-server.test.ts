import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createHealth } from './health.ts';
import { type ObservabilityOptions, type ObservabilityServer, serveObservability } from './http-server.ts';

const servers: ObservabilityServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const exposition = { contentType: 'text/plain; version=0.0.4; charset=utf-8', render: async () => 'iar_up 1\n' };

async function serve(options: Partial<ObservabilityOptions> = {}): Promise<ObservabilityServer> {
  const health = createHealth({ now: () => 0 });
  const server = await serveObservability({
    port: 0,
    health,
    metrics: exposition,
    onError: () => undefined,
    ...options,
  });
  servers.push(server);
  return server;
}

/** Sends bytes as they are and gives back everything that comes until the server ends the connection. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = open(port);
  socket.write(bytes);
  return text(socket);
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe('the paths', () => {
  it('lists them', async () => {
    const { port } = await serve();
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('/healthz\n/readyz\n/metrics\n');
  });

  it('answers probes with 200 or 503 and the reason', async () => {
    const health = createHealth({ now: () => 0 });
    const watch = health.component('watch');
    const { port } = await serve({ health });
    const get = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, body: await response.json() };
    };
    const components = { watch: { ok: false, since: '1970-01-01T00:00:00.000Z', detail: 'starting' } };
    expect(await get('/readyz?verbose')).toEqual({ status: 503, body: { ok: false, components } });
    expect(await get('/healthz')).toMatchObject({ status: 200, body: { ok: true } });
    watch.up();
    expect(await get('/readyz')).toMatchObject({ status: 200 });
    watch.dead('ended');
    expect(await get('/healthz')).toMatchObject({ status: 503, body: { components: { watch: { detail: 'ended' } } } });
  });

  it('serves metrics with their own content type; HEAD without the body', async () => {
    const { port } = await serve();
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(response.headers.get('content-type')).toBe(exposition.contentType);
    expect(await response.text()).toBe('iar_up 1\n');
    const head = await raw(port, 'HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 [\s\S]*content-length: 9\r\n[\s\S]*\r\n\r\n$/);
  });

  it('says 500 without the reason when metrics fail, and tells the reason to the log', async () => {
    const errors: unknown[] = [];
    const failure = new Error('inside');
    const metrics = { contentType: 'text/plain', render: () => Promise.reject(failure) };
    const { port } = await serve({ metrics, onError: (error) => errors.push(error) });
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([response.status, (await response.text()).includes('inside')]).toEqual([500, false]);
    expect(errors).toEqual([failure]);
  });
});

describe('what is not wanted', () => {
  it('is no path, also none of every object', async () => {
    const { port } = await serve();
    for (const path of ['/nope', '/healthz/', '/constructor', '/__proto__']) {
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status, path).toBe(404);
    }
  });

  it('is any other method', async () => {
    const { port } = await serve();
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST', body: 'x' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('is a body', async () => {
    const { port } = await serve();
    const withLength = 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody';
    const chunked = 'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n';
    for (const request of [withLength, chunked]) expect(await raw(port, request)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is a long head', async () => {
    const { port } = await serve();
    const answer = await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(10_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('is a head that takes its time', async () => {
    const { port } = await serve({ requestTimeout: 200 });
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost')).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('listening', () => {
  it('names the setting when the port is in use, as a mistake of the configuration', async () => {
    const other = createTcpServer().listen(0);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(serve({ port })).rejects.toMatchObject({
      name: 'UsageError',
      message: `cannot serve health and metrics on port ${port}: the port is in use`,
      hint: expect.stringContaining('IAR_HTTP_PORT'),
      exitCode: 2,
    });
  });

  it('names the setting when the address is not ours', async () => {
    await expect(serve({ host: '192.0.2.1' })).rejects.toMatchObject({
      message: 'cannot serve health and metrics on port 0 of 192.0.2.1: this machine does not have that address',
      hint: expect.stringContaining('IAR_HTTP_HOST'),
    });
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
  it.runIf(hasIpv6)('takes both families without a host, and one of them with it', async () => {
    const both = await serve();
    for (const host of ['127.0.0.1', '[::1]']) expect((await fetch(`http://${host}:${both.port}/`)).status).toBe(200);
    const one = await serve({ host: '[::1]' });
    expect((await fetch(`http://[::1]:${one.port}/`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${one.port}/`)).rejects.toThrow();
  });
});

describe('closing', () => {
  it('waits for no connection that is kept alive, half a request or silent', async () => {
    const server = await serve();
    const [kept, half, silent] = [open(server.port), open(server.port), open(server.port)];
    kept.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    half.write('GET / HTT');
    await Promise.all([once(kept, 'data'), once(silent, 'connect')]);
    const started = performance.now();
    await Promise.all([server.close(), server.close()]);
    expect(performance.now() - started).toBeLessThan(2000);
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
  });

  it('lets an answer under way finish', async () => {
    const rendering = Promise.withResolvers<string>();
    const started = Promise.withResolvers<void>();
    const render = () => {
      started.resolve();
      return rendering.promise;
    };
    const server = await serve({ metrics: { contentType: 'text/plain', render } });
    const response = fetch(`http://127.0.0.1:${server.port}/metrics`);
    await started.promise;
    const closed = server.close();
    rendering.resolve('late\n');
    expect(await (await response).text()).toBe('late\n');
    await closed;
  });

  it('comes with the signal, also with one that was given before', async () => {
    const controller = new AbortController();
    const server = await serve({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await server.close();
    await expect(fetch(`http://127.0.0.1:${server.port}/`)).rejects.toThrow();
    await expect(serve({ signal: controller.signal })).rejects.toThrow('enough');
  });
});
