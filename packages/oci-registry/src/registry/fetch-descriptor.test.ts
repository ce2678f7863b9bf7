import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../testing.ts';
import { loopbackServer } from '../transport/loopback-server.test-support.ts';
import { RegistryClient } from './registry-client.ts';

const client = (options = {}): RegistryClient => untilTestEnds(new RegistryClient({ retry: { tries: 1 }, ...options }));

describe('getDescriptor', () => {
  it('asks by HEAD alone, with the credential of the call', async () => {
    const user = { username: 'robot', password: 'pass' };
    const registry = untilTestEnds(await createRegistry({ auth: { type: 'basic', ...user } }));
    const { digest, root, reference } = await registry.push('app', '1', { images: [{}] });
    const keychain = staticKeychain({ [registry.host]: user });
    const { mediaType, size } = root;
    expect(await client().getDescriptor(reference, { keychain })).toEqual({ mediaType, digest, size });
    expect(await client({ keychain }).getDescriptor(`${registry.host}/app@${digest}`)).toMatchObject({ digest, size });
    expect(new Set(registry.requests.map(({ method }) => method))).toEqual(new Set(['HEAD']));
  });

  it('reports what is not there, though a HEAD has no body to say so', async () => {
    const registry = untilTestEnds(await createRegistry());
    await registry.push('app', '1');
    const error = await failureOf(client().getDescriptor(`${registry.host}/app:2`));
    expect(error).toMatchObject({ code: 'MANIFEST_UNKNOWN', status: 404 });
  });

  it.each([
    ['does not know HEAD', 405, {}],
    ['names no digest', 200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json', 'content-length': '10' }],
    ['says no length', 200, { 'docker-content-digest': `sha256:${'a'.repeat(64)}`, 'content-type': 'a/b' }],
  ])('reads the manifest where the registry %s', async (_, status, headers) => {
    const registry = untilTestEnds(await createRegistry());
    const { digest, root } = await registry.push('app', '1');
    const server = await loopbackServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(status, headers as Record<string, string>).end();
      else response.writeHead(200, { 'content-type': root.mediaType }).end(root.bytes);
    });
    const found = await client().getDescriptor(`${server.host}/app:1`);
    expect(found).toEqual({ mediaType: root.mediaType, digest, size: root.size });
    expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  it('does not take another digest for the one that was asked for', async () => {
    const other = `sha256:${'a'.repeat(64)}`;
    const server = await loopbackServer((_request, response) =>
      response.writeHead(200, { 'docker-content-digest': other, 'content-type': 'a/b', 'content-length': '3' }).end(),
    );
    const asked = client().getDescriptor(`${server.host}/app@sha256:${'b'.repeat(64)}`);
    expect(await failureOf(asked)).toMatchObject({ code: 'DIGEST_INVALID' });
  });
});
