import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { digestOf } from '../reference/digest.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { blob, bytes, clientWith, methodsOf, push, registryWith, testSource } from './push-blob.test-support.ts';
import type { PushBlobOptions } from './push-options.ts';

describe('pushing a blob', () => {
  it('sends a small one in one request', async () => {
    const registry = await registryWith();
    const { outcome, seen, stored } = await push(registry);
    expect(outcome).toBe('copied');
    expect(seen).toEqual({ opened: 1, open: 0 });
    expect(stored).toEqual(bytes);
    expect(methodsOf(registry)).toEqual(['HEAD 404', 'POST 202', 'PUT 201']);
    expect(registry.requests.at(-1)?.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': '300000',
    });
  });

  it('sends a large one in pieces, reading it once', async () => {
    const registry = await registryWith();
    const { outcome, seen, stored } = await push(registry, { chunkBytes: 100_001 });
    expect([outcome, seen, stored]).toEqual(['copied', { opened: 1, open: 0 }, bytes]);
    expect(methodsOf(registry)).toEqual(['HEAD 404', 'POST 202', 'PATCH 202', 'PATCH 202', 'PATCH 202', 'PUT 201']);
    expect(registry.requests.map(({ headers }) => headers['content-range']).filter(Boolean)).toEqual([
      '0-100000',
      '100001-200001',
      '200002-299999',
    ]);
  });

  it('makes pieces as large as the registry wants them, the last one too', async () => {
    const registry = await registryWith({ chunkMinLength: 120_000 });
    const { stored } = await push(registry, { chunkBytes: 1000 });
    expect(stored).toEqual(bytes);
    expect(methodsOf(registry)).toEqual(['HEAD 404', 'POST 202', 'PATCH 202', 'PATCH 202', 'PUT 201']);
  });

  it('sends nothing that is there', async () => {
    const registry = await registryWith();
    registry.pushBlob('team/app', bytes);
    const { outcome, seen } = await push(registry);
    expect([outcome, seen.opened]).toEqual(['existing', 0]);
    expect(methodsOf(registry)).toEqual(['HEAD 200']);
  });

  it('sends an empty one', async () => {
    const registry = await registryWith();
    const empty = { digest: digestOf(new Uint8Array(0)), size: 0 };
    const { open } = testSource(new Uint8Array(0), empty);
    expect(await clientWith().pushBlob(`${registry.host}/team/app`, empty, open)).toBe('copied');
    expect(registry.find('team/app', 'blob', empty.digest)?.bytes).toHaveLength(0);
  });

  it('has it mounted from another repository of the registry', async () => {
    const registry = await registryWith({ auth: { type: 'basic', username: 'u', password: 'p' } });
    registry.pushBlob('other/app', bytes);
    const keychain = staticKeychain({ [registry.host]: { username: 'u', password: 'p' } });
    const mountFrom = { registry: registry.host, repository: 'other/app' };
    const client = clientWith({ keychain });
    const { seen, open } = testSource();
    expect(await client.pushBlob(`${registry.host}/team/app`, blob, open, { mountFrom })).toBe('mounted');
    expect(seen.opened).toBe(0);
    expect(registry.requests.at(-1)?.query).toBe(`?mount=${encodeURIComponent(blob.digest)}&from=other%2Fapp`);
  });

  it('sends it where it cannot be mounted, in the upload that was begun instead', async () => {
    const registry = await registryWith();
    const mountFrom = { registry: registry.host, repository: 'other/app' };
    expect((await push(registry, { mountFrom })).stored).toEqual(bytes);
    expect(methodsOf(registry)).toEqual(['HEAD 404', 'POST 202', 'PUT 201']);
    const refusing = await registryWith({
      faults: [{ on: 'upload', times: 1, fault: { kind: 'status', status: 403 } }],
    });
    expect((await push(refusing, { mountFrom: { ...mountFrom, registry: refusing.host } })).stored).toEqual(bytes);
    expect(methodsOf(refusing)).toContain('POST 202');
    const elsewhere = await registryWith();
    await push(elsewhere, { mountFrom });
    expect(elsewhere.requests.every(({ query }) => !query.includes('mount'))).toBe(true);
  });

  it('gets the rights to push', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', username: 'u', password: 'p', lifetime: 300 } });
    const keychain = staticKeychain({ [registry.host]: { username: 'u', password: 'p' } });
    const { open } = testSource();
    const client = clientWith({ keychain });
    const options: PushBlobOptions = { chunkBytes: 100_000 };
    expect(await client.pushBlob(`${registry.host}/team/app`, blob, open, options)).toBe('copied');
    expect(await failureOf(push(registry))).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('gets a new token in the middle', async () => {
    const registry = await registryWith({ auth: { type: 'bearer', username: 'u', password: 'p' } });
    const keychain = staticKeychain({ [registry.host]: { username: 'u', password: 'p' } });
    const { open } = testSource();
    let chunks = 0;
    const revoking = () =>
      (async function* () {
        for await (const chunk of open()) {
          if (++chunks === 15) registry.revokeTokens();
          yield chunk;
        }
      })();
    const client = clientWith({ keychain });
    const options: PushBlobOptions = { chunkBytes: 100_000 };
    expect(await client.pushBlob(`${registry.host}/team/app`, blob, revoking, options)).toBe('copied');
    expect(registry.find('team/app', 'blob', blob.digest)?.bytes).toEqual(bytes);
    expect(registry.requests.some(({ method, status }) => method === 'PATCH' && status === 401)).toBe(true);
  });
});
