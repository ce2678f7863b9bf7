import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { clientWith, collect, credentialFor, log, ref, registryWith, user } from './pulling.test-support.ts';

describe('redirects', () => {
  it('go to another origin without the Authorization', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    registry.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    const client = clientWith({ keychain: credentialFor(registry, user) });
    const image = await client.resolve(ref(registry));
    for (const layer of image.layers) expect(await collect(layer.open())).toBe(layer.size);
    const storage = registry.requests.filter(({ server }) => server === 'storage');
    expect(storage).toHaveLength(2);
    expect(storage.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(
      registry.requests
        .filter(({ path, server }) => server === 'registry' && path.includes('blobs'))
        .every(({ headers }) => headers.authorization !== undefined),
    ).toBe(true);
  });

  it('keep the Authorization within the origin', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    const { images } = await registry.push('team/app', '1');
    const to = `/v2/team/app/blobs/${images[0]?.config.digest}`;
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'redirect', to, status: 302 } });
    await clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry));
    expect(log(registry).at(-1)).toBe('registry GET blobs Basic 200');
  });

  it('do not bring the Authorization back after leaving the origin', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    registry.addFault({ on: 'blob', times: 1, fault: { kind: 'redirect' } });
    registry.addFault({
      on: 'storage',
      times: 1,
      fault: { kind: 'redirect', to: `${registry.url}/v2/team/app/blobs/x` },
    });
    const error = await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    expect(log(registry).at(-1)).toBe('registry GET blobs none 401');
  });

  it('end after five', async () => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'redirect', to: '/v2/team/app/manifests/1' } });
    expect((await failureOf(clientWith().resolve(ref(registry)))).code).toBe('REDIRECT_INVALID');
    expect(registry.requests).toHaveLength(6);
  });

  it.each([
    ['another scheme', 'file:///etc/passwd', 'REDIRECT_INVALID'],
    ['user info', 'http://a:b@127.0.0.1/', 'REDIRECT_INVALID'],
    ['nowhere', 'http://', 'REDIRECT_INVALID'],
    ['the metadata service', 'http://169.254.169.254/latest?X-Amz-Signature=secret', 'ADDRESS_FORBIDDEN'],
  ])('are not followed to %s', async (_, to, code) => {
    const registry = await registryWith();
    registry.addFault({ on: 'manifest', fault: { kind: 'redirect', to } });
    const error = await failureOf(clientWith().resolve(ref(registry)));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('secret');
  });

  it('are not followed from https to http', async () => {
    const registry = await registryWith({ tls: true });
    registry.addFault({ on: 'manifest', fault: { kind: 'redirect', to: 'http://127.0.0.1:1/' } });
    const client = clientWith({ loopbackHttp: false, tls: { ca: registry.certificate } });
    expect((await failureOf(client.resolve(ref(registry)))).code).toBe('REDIRECT_INVALID');
  });

  it('do not answer challenges of the place they lead to', async () => {
    const registry = await registryWith({ auth: { type: 'basic', ...user } });
    registry.addFault({ on: 'blob', fault: { kind: 'redirect' } });
    const challenge = { 'www-authenticate': 'Basic realm="give me"' };
    registry.addFault({ on: 'storage', fault: { kind: 'status', status: 401, headers: challenge } });
    await failureOf(clientWith({ keychain: credentialFor(registry, user) }).resolve(ref(registry)));
    expect(registry.requests.filter(({ server }) => server === 'storage')).toHaveLength(1);
  });
});
