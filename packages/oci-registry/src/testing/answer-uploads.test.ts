import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { type Answer, type Asked, ask, codeOf } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { TestRegistry, TestRegistryOptions } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

const bytes = Buffer.from('0123456789');
const digest = digestOf(bytes);

interface Started {
  readonly registry: TestRegistry;
  /** Sends to where the upload is now. */
  send(method: string, asked?: Asked & { readonly digest?: string }): Promise<Answer>;
}

async function startUpload(options: TestRegistryOptions = {}): Promise<Started> {
  const registry = untilTestEnds(await createRegistry(options));
  let { headers } = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
  return {
    registry,
    async send(method, asked = {}) {
      const query = asked.digest === undefined ? '' : `&digest=${asked.digest}`;
      const answer = await ask(registry, `${method} ${headers.location}${query}`, asked);
      if (answer.headers.location?.includes('/uploads/')) ({ headers } = answer);
      return answer;
    },
  };
}

const chunk = (first: number, last: number): Asked => ({
  headers: { 'content-range': `${first}-${last}`, 'content-type': 'application/octet-stream' },
  body: bytes.subarray(first, last + 1),
});

describe('an upload', () => {
  it('is begun with 202 and a Location', async () => {
    const { registry } = await startUpload();
    const answer = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toMatch(/^\/v2\/team\/app\/blobs\/uploads\/[0-9a-f-]+\?_state=/);
    expect(registry.pendingUploads).toBe(2);
  });

  it('ends with a PUT of everything', async () => {
    const { registry, send } = await startUpload();
    const answer = await send('PUT', { body: bytes, digest });
    expect([answer.status, answer.headers.location]).toEqual([201, `/v2/team/app/blobs/${digest}`]);
    expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).body).toEqual(bytes);
    expect(registry.pendingUploads).toBe(0);
  });

  it('may be one POST', async () => {
    const { registry } = await startUpload();
    const answer = await ask(registry, `POST /v2/team/app/blobs/uploads/?digest=${digest}`, { body: bytes });
    expect([answer.status, answer.headers.location]).toEqual([201, `/v2/team/app/blobs/${digest}`]);
    const wrong = await ask(registry, `POST /v2/team/app/blobs/uploads/?digest=${digest}`, { body: 'x' });
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
  });

  it('comes in chunks, the last of them with the PUT', async () => {
    const { registry, send } = await startUpload();
    const first = await send('PATCH', chunk(0, 3));
    expect([first.status, first.headers.range]).toEqual([202, '0-3']);
    expect((await send('PATCH', chunk(4, 6))).headers.range).toBe('0-6');
    expect((await send('PUT', { ...chunk(7, 9), digest })).status).toBe(201);
    expect(registry.find('team/app', 'blob', digest)?.bytes).toEqual(bytes);
  });

  it('comes in one stream without a Content-Range', async () => {
    const { send } = await startUpload();
    expect((await send('PATCH', { body: bytes })).status).toBe(202);
    expect((await send('PUT', { digest })).status).toBe(201);
  });

  it.each([
    ['again', chunk(0, 3)],
    ['with a gap', chunk(6, 9)],
    ['overlapping', chunk(2, 5)],
  ])('refuses a chunk %s with 416, says where it is, and goes on', async (_, wrong) => {
    const { send } = await startUpload();
    await send('PATCH', chunk(0, 3));
    const refused = await send('PATCH', wrong);
    expect([refused.status, refused.headers.range]).toEqual([416, '0-3']);
    const told = await send('GET');
    expect([told.status, told.headers.range, typeof told.headers.location]).toEqual([204, '0-3', 'string']);
    expect((await send('PUT', { ...chunk(4, 9), digest })).status).toBe(201);
  });

  it('refuses a stale Content-Range with the PUT, and one that is not that of the body', async () => {
    const { send } = await startUpload();
    await send('PATCH', chunk(0, 3));
    expect((await send('PUT', { ...chunk(0, 3), digest })).status).toBe(416);
    const short = { ...chunk(4, 9), body: bytes.subarray(4, 6) };
    expect(codeOf(await send('PATCH', short))).toBe('SIZE_INVALID');
    const nonsense = { ...chunk(4, 9), headers: { 'content-range': 'bytes 4-9/10' } };
    expect((await send('PATCH', nonsense)).status).toBe(416);
  });

  it('insists on chunks of the length it tells, but for the last', async () => {
    const { registry, send } = await startUpload({ chunkMinLength: 4 });
    const begun = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
    expect(begun.headers['oci-chunk-min-length']).toBe('4');
    expect(codeOf(await send('PATCH', chunk(0, 1)))).toBe('SIZE_INVALID');
    await send('PATCH', chunk(0, 7));
    expect((await send('PUT', { ...chunk(8, 9), digest })).status).toBe(201);
  });

  it('refuses content of another digest, and none', async () => {
    const { send } = await startUpload();
    const wrong = await send('PUT', { body: 'other', digest });
    expect([wrong.status, codeOf(wrong)]).toEqual([400, 'DIGEST_INVALID']);
    expect(codeOf(await send('PUT', { body: bytes }))).toBe('DIGEST_INVALID');
  });

  it('takes a sha512 digest', async () => {
    const { registry, send } = await startUpload();
    const long = digestOf(bytes, 'sha512');
    expect((await send('PUT', { body: bytes, digest: long })).status).toBe(201);
    expect((await ask(registry, `GET /v2/team/app/blobs/${long}`)).headers['docker-content-digest']).toBe(long);
    expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).status).toBe(404);
  });

  it('can be given up, and is unknown then', async () => {
    const { registry, send } = await startUpload();
    expect((await send('DELETE')).status).toBe(204);
    expect(codeOf(await send('GET'))).toBe('BLOB_UPLOAD_UNKNOWN');
    expect(registry.pendingUploads).toBe(0);
  });

  it('belongs to its repository, and keeps the query of its Location', async () => {
    const { registry } = await startUpload();
    const { headers } = await ask(registry, 'POST /v2/team/app/blobs/uploads/');
    const path = String(headers.location);
    expect((await ask(registry, `GET ${path.replace('team/app', 'team/other')}`)).status).toBe(404);
    expect(codeOf(await ask(registry, `GET ${path.split('?')[0]}`))).toBe('BLOB_UPLOAD_INVALID');
    expect((await ask(registry, `POST ${path}`)).status).toBe(405);
    expect((await ask(registry, 'GET /v2/team/app/blobs/uploads/')).status).toBe(405);
  });
});

describe('a mount', () => {
  it('takes a blob of another repository, or else begins an upload', async () => {
    const { registry } = await startUpload();
    registry.pushBlob('team/base', bytes);
    const mount = (query: string) => ask(registry, `POST /v2/team/app/blobs/uploads/?${query}`);
    const mounted = await mount(`mount=${digest}&from=team/base`);
    expect([mounted.status, mounted.headers.location]).toEqual([201, `/v2/team/app/blobs/${digest}`]);
    expect((await ask(registry, `GET /v2/team/app/blobs/${digest}`)).body).toEqual(bytes);
    expect((await mount(`mount=${digest}&from=team/nothing`)).status).toBe(202);
    expect((await mount(`mount=${digestOf(Buffer.from('x'))}&from=team/base`)).status).toBe(202);
    expect((await mount(`mount=${digest}`)).status).toBe(202);
  });

  it('is not done without the right to read the source', async () => {
    const auth = { type: 'bearer', username: 'robot', password: 'secret' } as const;
    const registry = untilTestEnds(await createRegistry({ auth }));
    registry.pushBlob('team/base', bytes);
    const scopes = ['repository:team/app:pull,push', 'repository:team/base:pull'];
    const statusWith = async (granted: readonly string[]): Promise<number> => {
      const query = new URLSearchParams({ service: registry.host, scope: granted.join(' ') });
      const basic = `Basic ${Buffer.from('robot:secret').toString('base64')}`;
      const { body } = await ask(registry, `GET /token?${query}`, { headers: { authorization: basic } });
      const { token } = JSON.parse(body.toString()) as { token: string };
      const headers = { authorization: `Bearer ${token}` };
      const path = `/v2/team/app/blobs/uploads/?mount=${digest}&from=team/base`;
      return (await ask(registry, `POST ${path}`, { headers })).status;
    };
    expect(await statusWith(scopes.slice(0, 1))).toBe(202);
    expect(await statusWith(scopes)).toBe(201);
  });
});
