import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { ask, codeOf } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

const bytes = Buffer.from('0123456789');
const digest = digestOf(bytes);

async function registryWithBlob(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  registry.pushBlob('team/app', bytes);
  return registry;
}

describe('the base of the API', () => {
  it.each(['/v2/', '/v2'])('is there: %s', async (path) => {
    const registry = await registryWithBlob();
    const answer = await ask(registry, `GET ${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers['docker-distribution-api-version']).toBe('registry/2.0');
  });

  it('answers what is no path of the API with 404', async () => {
    const registry = await registryWithBlob();
    for (const path of [
      '/',
      '/v1/',
      '/v2/Team/app/tags/list',
      '/v2/a//b/tags/list',
      '/v2/a/blobs',
      '/v2/-a/tags/list',
    ]) {
      expect((await ask(registry, `GET ${path}`)).status, path).toBe(404);
    }
  });
});

describe('a blob', () => {
  it('is sent with its digest and length, by HEAD without its bytes', async () => {
    const registry = await registryWithBlob();
    const whole = await ask(registry, `GET /v2/team/app/blobs/${digest}`);
    const head = await ask(registry, `HEAD /v2/team/app/blobs/${digest}`);
    expect(whole.body).toEqual(bytes);
    expect(head.body).toHaveLength(0);
    for (const { status, headers } of [whole, head]) {
      expect({ status, length: headers['content-length'], digest: headers['docker-content-digest'] }).toEqual({
        status: 200,
        length: '10',
        digest,
      });
    }
  });

  it('that is not there, or only in another repository, is BLOB_UNKNOWN; in a repository that is not there NAME_UNKNOWN', async () => {
    const registry = await registryWithBlob();
    registry.pushBlob('team/other', Buffer.from('x'));
    expect(codeOf(await ask(registry, `GET /v2/team/other/blobs/${digest}`))).toBe('BLOB_UNKNOWN');
    expect(codeOf(await ask(registry, `GET /v2/nobody/blobs/${digest}`))).toBe('NAME_UNKNOWN');
    expect((await ask(registry, `HEAD /v2/nobody/blobs/${digest}`)).status).toBe(404);
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=4-', '456789', 'bytes 4-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-300', '0123456789', 'bytes 0-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['Bytes= 9-9', '9', 'bytes 9-9/10'],
  ])('is sent in part: %s', async (range, text, contentRange) => {
    const registry = await registryWithBlob();
    const { status, headers, body } = await ask(registry, `GET /v2/team/app/blobs/${digest}`, { headers: { range } });
    expect({ status, text: body.toString() }).toEqual({ status: 206, text });
    expect(headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(text.length) });
  });

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('has no such part: %s', async (range) => {
    const registry = await registryWithBlob();
    const { status, headers } = await ask(registry, `GET /v2/team/app/blobs/${digest}`, { headers: { range } });
    expect({ status, contentRange: headers['content-range'] }).toEqual({ status: 416, contentRange: 'bytes */10' });
  });

  it.each(['bytes=5-2', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=0-1,4-5'])(
    'is sent whole where the range may be ignored: %s',
    async (range) => {
      const registry = await registryWithBlob();
      const answer = await ask(registry, `GET /v2/team/app/blobs/${digest}`, { headers: { range } });
      expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: bytes });
    },
  );

  it('is sent whole to HEAD, by a registry without ranges, and where If-Range names something else', async () => {
    const registry = await registryWithBlob();
    const without = await registryWithBlob({ ranges: 'ignored' });
    const range = 'bytes=4-';
    const path = `/v2/team/app/blobs/${digest}`;
    expect((await ask(registry, `HEAD ${path}`, { headers: { range } })).status).toBe(200);
    const ignored = await ask(without, `GET ${path}`, { headers: { range } });
    expect([ignored.status, ignored.headers['accept-ranges']]).toEqual([200, undefined]);
    expect((await ask(registry, `GET ${path}`, { headers: { range, 'if-range': '"other"' } })).status).toBe(200);
    expect((await ask(registry, `GET ${path}`, { headers: { range, 'if-range': `"${digest}"` } })).status).toBe(206);
  });

  it('heeds If-Match and If-None-Match', async () => {
    const registry = await registryWithBlob();
    const statusWith = async (headers: Record<string, string>): Promise<number> =>
      (await ask(registry, `GET /v2/team/app/blobs/${digest}`, { headers })).status;
    expect(await statusWith({ 'if-match': '"other"' })).toBe(412);
    expect(await statusWith({ 'if-match': `"other", "${digest}"` })).toBe(200);
    expect(await statusWith({ 'if-none-match': `"${digest}"` })).toBe(304);
    expect(await statusWith({ 'if-none-match': '"other"' })).toBe(200);
  });

  it('can be deleted once', async () => {
    const registry = await registryWithBlob();
    expect((await ask(registry, `DELETE /v2/team/app/blobs/${digest}`)).status).toBe(202);
    expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).status).toBe(404);
    expect(codeOf(await ask(registry, `DELETE /v2/team/app/blobs/${digest}`))).toBe('BLOB_UNKNOWN');
    expect((await ask(registry, `PUT /v2/team/app/blobs/${digest}`)).status).toBe(405);
  });
});

describe('a registry that can only be read', () => {
  it('refuses everything else with 405', async () => {
    const registry = await registryWithBlob({ readOnly: true });
    const lines = [
      'POST /v2/team/app/blobs/uploads/',
      'PUT /v2/team/app/manifests/1',
      `DELETE /v2/team/app/blobs/${digest}`,
      'PATCH /v2/team/app/blobs/uploads/1',
    ];
    for (const line of lines) expect((await ask(registry, line)).status, line).toBe(405);
    expect(codeOf(await ask(registry, 'GET /v2/team/app/blobs/uploads/1'))).toBe('BLOB_UPLOAD_UNKNOWN');
    expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).status).toBe(200);
  });
});

describe('warnings', () => {
  it('go with every answer', async () => {
    const registry = await registryWithBlob({ warnings: ['moves on "Monday"', 'b'] });
    for (const path of ['/v2/', '/v2/nobody/tags/list']) {
      const { headers } = await ask(registry, `GET ${path}`);
      expect(headers.warning).toBe('299 - "moves on \\"Monday\\"", 299 - "b"');
    }
  });
});
