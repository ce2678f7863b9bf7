import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { type Answer, ask, codeOf } from './ask.test-support.ts';
import { createRegistry } from './create-registry.ts';
import type { TestRegistry } from './test-registry.ts';
import { untilTestEnds } from './until-test-ends.test-support.ts';

const mediaType = 'application/vnd.oci.image.manifest.v1+json';
const blob = Buffer.from('{}');
const descriptor = { mediaType: 'application/json', digest: digestOf(blob), size: 2 };
const manifest = { schemaVersion: 2, mediaType, config: descriptor, layers: [descriptor] };
const text = JSON.stringify(manifest);

async function startRegistry(): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry());
  registry.pushBlob('team/app', blob);
  return registry;
}

async function put(registry: TestRegistry, reference: string, body: string, type = mediaType): Promise<Answer> {
  return ask(registry, `PUT /v2/team/app/manifests/${reference}`, { headers: { 'content-type': type }, body });
}

async function get(registry: TestRegistry, reference: string): Promise<Answer> {
  return ask(registry, `GET /v2/team/app/manifests/${reference}`, { headers: { accept: mediaType } });
}

describe('a manifest', () => {
  it('that was put under a tag is found by tag and digest, byte for byte', async () => {
    const registry = await startRegistry();
    const { status, headers } = await put(registry, '1.0', text);
    const digest = digestOf(Buffer.from(text));
    expect({ status, digest: headers['docker-content-digest'] }).toEqual({ status: 201, digest });
    for (const reference of ['1.0', digest]) {
      const found = await get(registry, reference);
      expect(found.body.toString()).toBe(text);
      expect(found.headers).toMatchObject({ 'content-type': mediaType, 'docker-content-digest': digest });
    }
    const head = await ask(registry, String(`HEAD ${headers.location}`), { headers: { accept: '*/*' } });
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, String(text.length), 0]);
  });

  it('moves its tag, and stays under its digest', async () => {
    const registry = await startRegistry();
    const before = digestOf(Buffer.from(text));
    await put(registry, '1.0', text);
    const other = JSON.stringify({ ...manifest, annotations: { a: 'b' } });
    await put(registry, '1.0', other);
    expect((await get(registry, '1.0')).body.toString()).toBe(other);
    expect((await get(registry, before)).body.toString()).toBe(text);
  });

  it('is stored under a sha512 digest where that is asked for', async () => {
    const registry = await startRegistry();
    const digest = digestOf(Buffer.from(text), 'sha512');
    expect((await put(registry, digest, text)).status).toBe(201);
    expect((await get(registry, digest)).headers['docker-content-digest']).toBe(digest);
  });

  it('is not asked for without an Accept header, nor sent to who has it', async () => {
    const registry = await startRegistry();
    await put(registry, '1.0', text);
    expect((await ask(registry, 'GET /v2/team/app/manifests/1.0')).status).toBe(406);
    const headers = { accept: '*/*', 'if-none-match': `"${digestOf(Buffer.from(text))}"` };
    expect((await ask(registry, 'GET /v2/team/app/manifests/1.0', { headers })).status).toBe(304);
  });

  const missing = { ...descriptor, digest: digestOf(Buffer.from('missing')) };
  it.each([
    ['a tag that is none', '.1', text, 'TAG_INVALID'],
    ['something else than JSON', '1', '{', 'MANIFEST_INVALID'],
    ['JSON that is no object', '1', 'null', 'MANIFEST_INVALID'],
    ['JSON that is a list', '1', '[]', 'MANIFEST_INVALID'],
    ['another media type inside', '1', JSON.stringify({ ...manifest, mediaType: 'a/b' }), 'MANIFEST_INVALID'],
    ['another digest', digestOf(Buffer.from('x')), text, 'DIGEST_INVALID'],
    ['a config that is missing', '1', JSON.stringify({ ...manifest, config: missing }), 'MANIFEST_BLOB_UNKNOWN'],
    ['a layer that is missing', '1', JSON.stringify({ ...manifest, layers: [missing] }), 'MANIFEST_BLOB_UNKNOWN'],
    ['a layer that is nothing', '1', JSON.stringify({ ...manifest, layers: [null] }), 'MANIFEST_BLOB_UNKNOWN'],
    [
      'a child that is missing',
      '1',
      JSON.stringify({ schemaVersion: 2, manifests: [missing] }),
      'MANIFEST_BLOB_UNKNOWN',
    ],
  ])('is refused for %s', async (_, reference, body, code) => {
    const registry = await startRegistry();
    const answer = await put(registry, reference, body);
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 400, code });
    expect((await get(registry, reference)).status).toBe(404);
  });

  it('is refused over 4 MiB', async () => {
    const registry = await startRegistry();
    const large = JSON.stringify({ ...manifest, annotations: { a: 'x'.repeat(4 << 20) } });
    expect((await put(registry, '1', large)).status).toBe(413);
  });

  it('under a wrong digest leaves alone what is stored under the right one', async () => {
    const registry = await startRegistry();
    await put(registry, '1.0', text);
    expect(codeOf(await put(registry, digestOf(Buffer.from('x')), text))).toBe('DIGEST_INVALID');
    expect((await get(registry, '1.0')).status).toBe(200);
  });

  it('may have layers that are kept elsewhere, and a subject that is not there yet', async () => {
    const registry = await startRegistry();
    const layers = [{ ...missing, urls: ['https://elsewhere.example.com/layer'] }];
    const answer = await put(registry, '1', JSON.stringify({ ...manifest, layers, subject: missing }));
    expect([answer.status, answer.headers['oci-subject']]).toEqual([201, missing.digest]);
    expect((await put(registry, '2', text)).headers['oci-subject']).toBeUndefined();
  });

  it('is deleted with its tags; a tag is deleted alone', async () => {
    const registry = await startRegistry();
    const digest = digestOf(Buffer.from(text));
    for (const tag of ['1', '2', '3']) await put(registry, tag, text);
    expect((await ask(registry, 'DELETE /v2/team/app/manifests/1')).status).toBe(202);
    expect([(await get(registry, '1')).status, (await get(registry, '2')).status]).toEqual([404, 200]);
    expect((await ask(registry, `DELETE /v2/team/app/manifests/${digest}`)).status).toBe(202);
    for (const reference of ['2', '3', digest]) expect((await get(registry, reference)).status).toBe(404);
    expect(codeOf(await ask(registry, 'DELETE /v2/team/app/manifests/1'))).toBe('MANIFEST_UNKNOWN');
  });
});
