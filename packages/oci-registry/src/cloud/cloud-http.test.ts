import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { selfSignedCertificate } from '../testing/self-signed.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { loopbackServer } from '../transport/loopback-server.test-support.ts';
import { createCloudHttp } from './cloud-http.ts';

const get = (url: string) => ({ method: 'GET', url: new URL(url) }) as const;

interface Listening {
  readonly port: number;
}

async function listening(server: ReturnType<typeof createHttpServer>): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  untilTestEnds({
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  });
  return { port: (server.address() as AddressInfo).port };
}

/** A proxy that takes every name to one port here, or refuses; plain http it refuses always. */
async function proxyTo(target: number, refusal?: number): Promise<Listening & { readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createHttpServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.writeHead(502).end();
  });
  server.on('connect', ({ url }, client) => {
    asked.push(`CONNECT ${url}`);
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      return;
    }
    const onward = connect(target, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    onward.pipe(client).pipe(onward);
    for (const [one, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  return { ...(await listening(server)), asked };
}

async function tlsServer(): Promise<Listening & { readonly cert: string }> {
  const { key, cert } = selfSignedCertificate(['metadata.example', '127.0.0.1']);
  const server = createServer({ key, cert }, (_, response) => response.end('over tls'));
  return { ...(await listening(server)), cert };
}

describe('createCloudHttp', () => {
  it('sends what it is given, and resolves whatever the status is', async () => {
    const bodies: string[] = [];
    const server = await loopbackServer(async (request, response) => {
      for await (const chunk of request) bodies.push(String(chunk));
      response.writeHead(418, { 'X-Name': 'value', 'set-cookie': ['a=1', 'b=2'] }).end('tëa');
    });
    const response = await createCloudHttp()({
      method: 'POST',
      url: new URL(`${server.url}/path?query=1`),
      headers: { 'x-mine': 'yes' },
      body: 'form',
    });
    expect(response).toMatchObject({ status: 418, body: 'tëa', headers: { 'x-name': 'value', 'set-cookie': 'a=1' } });
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/path?query=1', headers: { 'x-mine': 'yes' } });
    expect(bodies).toEqual(['form']);
  });

  it('follows no redirect, not even to the same server', async () => {
    const server = await loopbackServer((_, response) => response.writeHead(302, { location: '/other' }).end());
    const response = await createCloudHttp()(get(server.url));
    expect(response).toMatchObject({ status: 302, headers: { location: '/other' } });
    expect(server.requests).toHaveLength(1);
  });

  it('leaves no connection open', async () => {
    const server = await loopbackServer((_, response) => response.end('ok'));
    const http = createCloudHttp();
    await Promise.all([http(get(server.url)), http(get(server.url))]);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('takes an answer of 1 MiB, and leaves a larger one as soon as it knows', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const server = await loopbackServer(({ url }, response) => {
      if (url === '/endless?secret') response.on('drain', () => response.write(chunk)).write(Buffer.alloc(1024 * 1024));
      else response.end(Buffer.alloc(1024 * 1024, 'x'));
    });
    const http = createCloudHttp();
    expect((await http(get(`${server.url}/full`))).body).toHaveLength(1024 * 1024);
    const error = await failureOf(http(get(`${server.url}/endless?secret`)));
    expect(error.message).toBe(`[RESPONSE_TOO_LARGE] GET ${server.host}/endless: the answer exceeds 1048576 bytes`);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it.each(['headers', 'the body'])('waits for %s no longer than it is told, and frees the socket', async (stage) => {
    const server = await loopbackServer((_, response) => {
      if (stage === 'the body') response.writeHead(200).write('begin');
    });
    const error = await failureOf(createCloudHttp()({ ...get(`${server.url}/a?secret`), timeout: 100 }));
    expect(error).toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
      message: `[TIMEOUT] GET ${server.host}/a: no answer within 100 ms`,
    });
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it.each(['headers', 'the body'])('ends with the reason of the signal while it waits for %s', async (stage) => {
    const server = await loopbackServer((_, response) => {
      if (stage === 'the body') response.writeHead(200).write('begin');
    });
    const controller = new AbortController();
    const work = createCloudHttp()({ ...get(server.url), signal: controller.signal });
    await expect.poll(() => server.requests).toHaveLength(1);
    expect(server.openConnections).toBe(1);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    await expect.poll(() => server.openConnections).toBe(0);
  });

  it('asks nobody for who has left before', async () => {
    const server = await loopbackServer((_, response) => response.end());
    await expect(createCloudHttp()({ ...get(server.url), signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(server.requests).toEqual([]);
  });

  it('says where nothing listens that it may be tried again', async () => {
    const error = await failureOf(createCloudHttp()(get('http://127.0.0.1:1/a?secret')));
    expect(error).toMatchObject({ code: 'NETWORK', retryable: true });
    expect(error.message).toMatch(/^\[NETWORK\] GET 127\.0\.0\.1:1\/a: /);
  });
});

describe('createCloudHttp over TLS', () => {
  it('refuses a certificate that it does not know, and takes one that it is given', async () => {
    const server = await tlsServer();
    const request = get(`https://127.0.0.1:${server.port}/`);
    expect(await failureOf(createCloudHttp()(request))).toMatchObject({ code: 'TLS', retryable: false });
    const trusting = createCloudHttp({ tls: { ca: server.cert } });
    expect((await trusting(request)).body).toBe('over tls');
  });
});

describe('createCloudHttp with a proxy', () => {
  it('goes through it, with TLS from end to end', async () => {
    const server = await tlsServer();
    const proxy = await proxyTo(server.port);
    const http = createCloudHttp({ proxy: { https: `http://127.0.0.1:${proxy.port}` }, tls: { ca: server.cert } });
    expect((await http(get('https://metadata.example/'))).body).toBe('over tls');
    expect(proxy.asked).toEqual(['CONNECT metadata.example:443']);
  });

  it('goes past it for services of the machine', async () => {
    const server = await loopbackServer((_, response) => response.end('direct'));
    const proxy = await proxyTo(1);
    const address = `http://127.0.0.1:${proxy.port}`;
    const http = createCloudHttp({ proxy: { http: address, https: address } });
    // This machine by a name that is no loopback one: those need no proxy anyhow.
    const url = server.url.replace('127.0.0.1', '0.0.0.0');
    expect((await http({ ...get(url), direct: true })).body).toBe('direct');
    expect(proxy.asked).toEqual([]);
    await http(get(url)).catch(() => undefined);
    expect(proxy.asked).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('says that it is the proxy that refuses, and not its password', async () => {
    const proxy = await proxyTo(1, 407);
    const http = createCloudHttp({ proxy: { https: `http://user:hunter2@127.0.0.1:${proxy.port}` } });
    const error = await failureOf(http(get('https://sts.example/')));
    expect(error).toMatchObject({ code: 'PROXY', status: 407 });
    expect(error.message).not.toContain('hunter2');
  });

  it('refuses one that is not a URL before anything is asked', () => {
    expect(() => createCloudHttp({ proxy: { http: 'ftp://user:hunter2@x' } })).toThrow(/^\[PROXY\] (?!.*hunter2)/);
  });
});
