import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { digestOf } from '../reference/digest.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry } from '../testing.ts';
import { loopbackServer, sendCut } from '../transport/loopback-server.test-support.ts';
import { RegistryClient } from './registry-client.ts';

const content = Buffer.alloc(3000, 'layer ');
const known = { digest: digestOf(content), size: content.length };
const user = { username: 'robot', password: 'hunter2' };

/** A registry that knows the repository and not the blob. */
async function emptyRegistry(tls = false): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry({ auth: { type: 'basic', ...user }, tls }));
  registry.pushBlob('app', Buffer.from('another'));
  return registry;
}

function clientOf(registry: TestRegistry): RegistryClient {
  const tls = { ca: registry.certificate };
  const keychain = staticKeychain({ [registry.host]: user });
  const secure = registry.certificate === undefined ? {} : { loopbackHttp: false, tls };
  return untilTestEnds(new RegistryClient({ keychain, retry: { sleep: () => Promise.resolve() }, ...secure }));
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('a foreign layer', () => {
  it('comes from the first URL that has it, without credentials, and is resumed there', async () => {
    const registry = await emptyRegistry();
    const gone = await loopbackServer((_request, response) => response.writeHead(404).end());
    const store = await loopbackServer((request, response, count) => {
      if (count === 1)
        return sendCut(response, 200, { 'content-length': '3000', etag: '"a"' }, content.subarray(0, 999));
      expect(request.headers).toMatchObject({ range: 'bytes=999-', 'if-range': '"a"' });
      response.writeHead(206, { 'content-range': 'bytes 999-2999/3000' }).end(content.subarray(999));
    });
    const urls = ['not a url', 'ftp://example.com/x', `${gone.url}/x`, `${store.url}/x`];
    const blob = clientOf(registry).openBlob(`${registry.host}/app`, { ...known, urls });
    expect(await collect(blob)).toEqual(content);
    for (const { headers } of [...gone.requests, ...store.requests]) expect(headers.authorization).toBeUndefined();
  });

  it('is verified like any other', async () => {
    const registry = await emptyRegistry();
    const liar = await loopbackServer((_request, response) => response.end(Buffer.alloc(3000)));
    const blob = clientOf(registry).openBlob(`${registry.host}/app`, { ...known, urls: [`${liar.url}/x`] });
    expect(await failureOf(collect(blob))).toMatchObject({ code: 'DIGEST_INVALID' });
  });

  it('is not asked of http where the registry has https, of metadata addresses, or of more than four places', async () => {
    const registry = await emptyRegistry();
    const secure = await emptyRegistry(true);
    const server = await loopbackServer((_request, response) => response.writeHead(404).end());
    const plain = clientOf(secure).openBlob(`${secure.host}/app`, { ...known, urls: [`${server.url}/x`] });
    expect(await failureOf(collect(plain))).toMatchObject({
      code: 'LAYER_UNAVAILABLE',
      message: expect.stringContaining('no URL that may be used'),
    });
    expect(server.requests).toHaveLength(0);

    const many = Array.from({ length: 20 }, (_, index) => `${server.url}/${index}?signature=secret`);
    const urls = ['http://169.254.169.254/latest/meta-data', 'http://a:b@127.0.0.1/x', ...many];
    const error = await failureOf(collect(clientOf(registry).openBlob(`${registry.host}/app`, { ...known, urls })));
    expect(error).toMatchObject({ code: 'LAYER_UNAVAILABLE', status: 404, retryable: false });
    expect(server.requests).toHaveLength(3);
    expect(error.message).not.toContain('secret');
    expect(error.cause).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ code: 'ADDRESS_FORBIDDEN' })]),
    });
  });
});
