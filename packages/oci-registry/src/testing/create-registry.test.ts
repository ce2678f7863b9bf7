import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ask } from './ask.test-support.ts';
import { buildImage } from './build-image.ts';
import { createRegistry } from './create-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

describe('a test registry', () => {
  it('serves what is pushed, and no longer what is deleted', async () => {
    const registry = untilTestEnds(await createRegistry());
    const pushed = await registry.push('team/app', '1', { images: [{}, { format: 'docker' }], attestations: true });
    expect(pushed.reference).toBe(`${registry.host}/team/app:1`);
    for (const { digest, bytes } of pushed.blobs) {
      expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).body).toEqual(Buffer.from(bytes));
    }
    const accept = { accept: '*/*' };
    for (const { digest, mediaType } of pushed.manifests) {
      const { headers } = await ask(registry, `GET /v2/team/app/manifests/${digest}`, { headers: accept });
      expect(headers).toMatchObject({ 'docker-content-digest': digest, 'content-type': mediaType });
    }
    const digest = pushed.blobs[0]?.digest ?? '';
    expect([registry.deleteBlob('team/app', digest), registry.deleteBlob('team/app', digest)]).toEqual([true, false]);
    expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).status).toBe(404);
  });

  it('takes an image that was built before, under several names', async () => {
    const registry = untilTestEnds(await createRegistry());
    const built = await buildImage();
    const names = [await registry.push('a', '1', built), await registry.push('b', '2', built)];
    expect(names.map(({ digest }) => digest)).toEqual([built.root.digest, built.root.digest]);
  });

  it('keeps what it got of an upload whose client leaves', async () => {
    const registry = untilTestEnds(await createRegistry());
    const { headers } = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
    const socket = connect(Number(new URL(registry.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`PATCH ${headers.location} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n0123456`);
    await registry.waitForRequest(({ method }) => method === 'PATCH');
    socket.end();
    await registry.waitForRequest(({ method, outcome }) => method === 'PATCH' && outcome === 'closed');
    expect((await ask(registry, `GET ${headers.location}`)).headers.range).toBe('0-6');
  });

  it('survives a request target that is no path', async () => {
    const registry = untilTestEnds(await createRegistry());
    const socket = connect(Number(new URL(registry.url).port), '127.0.0.1');
    socket.write('GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1.1 404 /);
  });

  it('is closed by leaving its block, and cuts what is open', async () => {
    let url = '';
    {
      await using registry = await createRegistry({ faults: [{ fault: { kind: 'stall', after: 0 } }] });
      ({ url } = registry);
      void fetch(url).catch(() => undefined);
      await registry.waitForRequest(() => true);
    }
    await expect(fetch(url)).rejects.toThrow();
  });
});
