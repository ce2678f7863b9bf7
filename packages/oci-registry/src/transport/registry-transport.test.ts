import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import type { RegistryHost } from '../hosts/registry-host.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import type { HttpResponse } from './http.ts';
import { type LoopbackServer, loopbackServer, sendCut } from './loopback-server.test-support.ts';
import type { RegistryRequest } from './registry-request.ts';
import { RegistryTransport } from './registry-transport.ts';
import { responseBody } from './response-body.ts';

const user = { username: 'robot', password: 'pass' };
const target = { registry: 'upstream.example', repository: 'app' };

/** A server that wants Basic, and says 201 to who has it. */
const guarded = (): Promise<LoopbackServer> =>
  loopbackServer((request, response) => {
    if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' });
    else response.writeHead(201, { 'content-length': '0' });
    response.end();
  });

function hostOf(server: LoopbackServer, capabilities: RegistryHost['capabilities'], namespace?: string): RegistryHost {
  const api = new URL('/v2/', server.url);
  return { api, registry: server.host, repository: 'app', capabilities, headers: { 'x-key': 'secret' }, namespace };
}

function transportFor(...hosts: readonly RegistryHost[]): RegistryTransport {
  const keychain = staticKeychain(Object.fromEntries(hosts.map(({ registry }) => [registry, user])));
  const transport = new RegistryTransport({
    keychain,
    hosts: { hostsFor: () => Promise.resolve(hosts) },
    retry: { sleep: () => Promise.resolve() },
  });
  untilTestEnds({ [Symbol.asyncDispose]: () => transport.close() });
  return transport;
}

const upload: RegistryRequest = {
  method: 'POST',
  path: 'blobs/uploads/',
  need: 'push',
  actions: 'pull,push',
  accepted: [201],
  notFound: 'NAME_UNKNOWN',
};

describe('an answer that is cut while it is read', () => {
  const cut = (times: number): Promise<LoopbackServer> =>
    loopbackServer((_request, response, count) => {
      if (count <= times) sendCut(response, 200, { 'content-length': '7' }, Buffer.from('abc'));
      else response.end('content');
    });
  const asked = { path: 'manifests/1', notFound: 'MANIFEST_UNKNOWN' } as const;
  const read = async (response: HttpResponse): Promise<string> => {
    let text = '';
    for await (const chunk of responseBody(response, undefined)) text += Buffer.from(chunk).toString();
    return text;
  };

  it('is asked for again where there is no other host, as often as the policy says', async () => {
    const able: RegistryHost['capabilities'] = new Set(['pull']);
    const [often, always] = [await cut(2), await cut(99)];
    expect(await transportFor(hostOf(often, able)).ask(target, asked, read)).toBe('content');
    const failure = await failureOf(transportFor(hostOf(always, able)).ask(target, asked, read));
    expect(failure).toMatchObject({ code: 'NETWORK', retryable: true });
    expect(always.requests).toHaveLength(3);
  });
});

describe('a push', () => {
  it('goes to the first host that may be pushed to, and to no other when that fails', async () => {
    const [mirror, other] = [await guarded(), await guarded()];
    const broken = await loopbackServer((_request, response) => response.writeHead(404).end());
    const everything: RegistryHost['capabilities'] = new Set(['pull', 'resolve', 'push']);
    const pullOnly = hostOf(mirror, new Set(['pull', 'resolve']));
    const transport = transportFor(pullOnly, hostOf(broken, everything), hostOf(other, everything));
    expect(await failureOf(transport.request(target, upload))).toMatchObject({ code: 'NAME_UNKNOWN' });
    expect([mirror, broken, other].map(({ requests }) => requests.length)).toEqual([0, 1, 0]);
  });
});

describe('a URL that an answer named', () => {
  it('is asked of the host that it is on, with its credentials and settings', async () => {
    const [first, second] = [await guarded(), await guarded()];
    const able: RegistryHost['capabilities'] = new Set(['push']);
    const transport = transportFor(hostOf(first, able), hostOf(second, able, 'upstream.example'));
    const path = new URL(`${second.url}/v2/app/blobs/uploads/7?state=a%2Fb`);
    const { status, url } = await transport.request(target, { ...upload, method: 'PUT', path });
    expect(status).toBe(201);
    expect(url.href).toBe(`${path.href}&ns=upstream.example`);
    expect(first.requests).toHaveLength(0);
    expect(second.requests.at(-1)?.headers).toMatchObject({ 'x-key': 'secret', authorization: expect.any(String) });
  });

  it('on another origin gets no credential, no header of the host, and no answer to its challenge', async () => {
    const [registry, elsewhere] = [await guarded(), await guarded()];
    const transport = transportFor(hostOf(registry, new Set(['push']), 'upstream.example'));
    const path = new URL(`${elsewhere.url}/upload?signature=secret`);
    const error = await failureOf(transport.request(target, { ...upload, method: 'PUT', path }));
    expect(error).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(error.message).not.toContain('secret');
    expect(elsewhere.requests).toHaveLength(1);
    expect(elsewhere.requests[0]?.headers['x-key']).toBeUndefined();
    expect(elsewhere.requests[0]?.url).toBe('/upload?signature=secret');
  });
});
