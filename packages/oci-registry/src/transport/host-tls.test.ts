import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { type SelfSignedCertificate, selfSignedCertificate } from '../testing/self-signed.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import type { TlsOptions } from './client-options.ts';
import { createDispatchers } from './dispatchers.ts';

const own: SelfSignedCertificate = selfSignedCertificate(['client.example']);
const { cert: ca, key: serverKey }: SelfSignedCertificate = selfSignedCertificate();

/** A server with https that tells who its clients say they are. */
async function tlsServer(answer: (peer: string, path: string) => { status: number; location?: string }) {
  const server = createServer(
    { cert: ca, key: serverKey, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const peer = (request.socket as TLSSocket).getPeerCertificate();
      const { status, location } = answer(peer.raw === undefined ? 'nobody' : 'client', request.url ?? '');
      const type = 'application/vnd.oci.image.index.v1+json';
      response.writeHead(status, location === undefined ? { 'content-type': type } : { location });
      response.end('{"schemaVersion":2,"manifests":[]}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  untilTestEnds({
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientWith(tls: TlsOptions): RegistryClient {
  return untilTestEnds(new RegistryClient({ tls, loopbackHttp: false, retry: { tries: 1 } }));
}

describe('a client certificate', () => {
  it('is shown to the host it is for', async () => {
    const host = await tlsServer((peer) => ({ status: peer === 'client' ? 200 : 403 }));
    expect((await failureOf(clientWith({ ca }).getManifest(`${host}/app:1`))).code).toBe('DENIED');
    await clientWith({ ca, cert: own.cert, key: own.key }).getManifest(`${host}/app:1`);
  });

  it('is not shown to the place that a redirect leads to, which is trusted by the same authority', async () => {
    const seen: string[] = [];
    const storage = await tlsServer((peer) => {
      seen.push(peer);
      return { status: 200 };
    });
    const registry = await tlsServer((peer, path) => {
      seen.push(peer);
      return { status: 307, location: `https://${storage}${path}` };
    });
    const client = clientWith({ ca, cert: own.cert, key: own.key });
    await client.getManifest(`${registry}/app:1`);
    expect(seen).toEqual(['client', 'nobody']);
  });
});

describe('a client certificate that is wanted or is wrong', () => {
  it('is told from other failures where the server says so', async () => {
    const maxVersion = 'TLSv1.2';
    const server = createServer({ cert: ca, key: serverKey, ca, requestCert: true, maxVersion });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    untilTestEnds({ [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) });
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const failure = await failureOf(clientWith({ ca }).getManifest(`${host}/app:1`));
    expect(failure).toMatchObject({ code: 'TLS', retryable: false, hint: expect.stringContaining('tls.cert') });
  });

  it('is not a matter of the network where it cannot be read', async () => {
    const host = await tlsServer(() => ({ status: 200 }));
    const failure = await failureOf(clientWith({ ca, cert: 'no PEM', key: 'secret' }).getManifest(`${host}/app:1`));
    expect(failure).toMatchObject({ code: 'TLS', retryable: false });
    expect(`${failure.message} ${failure.hint}`).not.toContain('secret');
  });
});

describe('the pools of a client', () => {
  it('are one for each TLS setting, whichever object it comes in, and no more than a few', async () => {
    const dispatchers = createDispatchers({});
    const route = await dispatchers.router();
    const url = new URL('https://registry.example/');
    const first = route(url, false, { ca: 'a' }).dispatcher;
    expect(route(url, false, { ca: 'a' }).dispatcher).toBe(first);
    expect(route(url, true, { ca: 'a' }).dispatcher).not.toBe(first);
    expect(route(url, false).dispatcher).not.toBe(first);
    for (let index = 0; index < 40; index++) route(url, false, { rejectUnauthorized: false, key: `${index}` });
    expect(route(url, false, { ca: 'a' }).dispatcher).not.toBe(first);
    await expect(first.request({ origin: url.origin, path: '/', method: 'GET' })).rejects.toMatchObject({
      code: expect.stringMatching(/^UND_ERR_(CLOSED|DESTROYED)$/),
    });
    await dispatchers.destroy();
  });

  it('fail every request once they are destroyed, those made afterwards as well', async () => {
    const dispatchers = createDispatchers({});
    await dispatchers.destroy();
    const { dispatcher } = (await dispatchers.router())(new URL('https://registry.example/'), false);
    await expect(
      dispatcher.request({ origin: 'https://registry.example', path: '/', method: 'GET' }),
    ).rejects.toMatchObject({ code: 'UND_ERR_DESTROYED' });
  });
});
