import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sensorImage } from '../../sensor-images/sensor-image.ts';
import { sensorImageTypes } from '../../sensor-images/sensor-image-type.ts';
import { createImageRegistry, type ImageRegistryDouble, type ImageRegistryOptions } from './create-image-registry.ts';

const cid = '0123456789abcdef0123456789abcdef';
const password = 'p:ss';
const path = 'falcon-imageanalyzer/release/falcon-imageanalyzer';

async function start(options: Partial<ImageRegistryOptions> = {}): Promise<ImageRegistryDouble> {
  const registry = await createImageRegistry({ ccid: `${cid.toUpperCase()}-12`, password, ...options });
  onTestFinished(() => registry.close());
  return registry;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly json: () => Record<string, unknown>;
}

async function ask(url: string, authorization?: string, method: 'GET' | 'HEAD' | 'PUT' = 'GET'): Promise<Answer> {
  const headers = authorization === undefined ? {} : { authorization };
  const answer = await request(url, { method, headers });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, headers: answer.headers, bytes, json: () => JSON.parse(bytes.toString()) };
}

function basic(user: string, secret: string = password): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

function tokenUrl({ host, url }: ImageRegistryDouble, changes: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams({
    account: `fc-${cid}`,
    scope: `repository:${path}:pull`,
    service: host,
    ...changes,
  });
  return `${url}/v2/token?${query}`;
}

async function bearer(registry: ImageRegistryDouble, family = 'fc', repository: string = path): Promise<string> {
  const user = `${family}-${cid}`;
  const url = tokenUrl(registry, { account: user, scope: `repository:${repository}:pull` });
  return `Bearer ${(await ask(url, basic(user))).json().token}`;
}

describe('the token service of the image registry', () => {
  it('is where a call without a token is sent', async () => {
    const registry = await start();
    const answer = await ask(`${registry.url}/v2/${path}/tags/list`);
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer realm="${registry.url}/v2/token",service="${registry.host}",scope="repository:${path}:pull"`,
    );
    expect(answer.json()).toEqual({ errors: [{ code: 'UNAUTHORIZED', message: 'unauthorized', detail: null }] });
    expect((await ask(`${registry.url}/v2/`)).headers['www-authenticate']).not.toContain('scope');
  });

  it.each([
    ['wrong password', {}, basic(`fc-${cid}`, 'p'), 401],
    ['user with the checksum', {}, basic(`fc-${cid}-12`), 401],
    ['user of no family', {}, basic(`kp-${cid}`), 401],
    ['no login', {}, undefined, 401],
    ['no account', { account: '' }, basic(`fc-${cid}`), 401],
    ['another account', { account: `fs-${cid}` }, basic(`fc-${cid}`), 401],
    ['another service', { service: 'registry.example.com' }, basic(`fc-${cid}`), 400],
  ])('refuses: %s', async (_, changes, authorization, status) => {
    const registry = await start();
    expect((await ask(tokenUrl(registry, changes), authorization)).status).toBe(status);
    expect(registry.calls).toMatchObject([{ path: '/v2/token', status, reason: expect.any(String) }]);
    expect(JSON.stringify(registry.calls)).not.toContain(password);
  });

  it('gives tokens that open what they were asked for and the user may read, for their time', async () => {
    let now = 0;
    const registry = await start({ now: () => now, tokenLifetime: 10 });
    const token = await bearer(registry);
    const list = `${registry.url}/v2/${path}/tags/list`;
    const fcs = `${registry.url}/v2/fcs/us-1/release/cs-fcs/tags/list`;
    expect((await ask(list, token)).status).toBe(200);
    expect((await ask(`${registry.url}/v2/`, token)).status).toBe(200);
    expect((await ask(fcs, token)).status).toBe(401);
    expect((await ask(fcs, await bearer(registry, 'fc', 'fcs/us-1/release/cs-fcs'))).status).toBe(401);
    expect((await ask(fcs, await bearer(registry, 'fh', 'fcs/us-1/release/cs-fcs'))).status).toBe(200);
    now = 10_000;
    expect((await ask(list, token)).status).toBe(401);
    expect((await ask(list, 'Bearer unheard-of')).status).toBe(401);
    expect(registry.calls.flatMap(({ reason }) => reason ?? [])).toEqual([
      'the token does not open this repository',
      'the token does not open this repository',
      'the token is expired',
      'the token is unknown',
    ]);
  });
});

describe('the content of the image registry', () => {
  it('has a repository for every type of image', async () => {
    const registry = await start({ cloud: 'us-gov-1' });
    const expected = sensorImageTypes.map((type) => sensorImage(type, { cloud: 'us-gov-1' }).repository);
    expect([...registry.repositories].sort()).toEqual(expected.sort());
  });

  it('lists tags page by page, in the order of their characters', async () => {
    const registry = await start({ pageSize: 3 });
    const token = await bearer(registry);
    const tags: unknown[] = [];
    let next: string | undefined = `/v2/${path}/tags/list?n=1000`;
    let pages = 0;
    while (next !== undefined) {
      const answer = await ask(registry.url + next, token);
      expect(answer.json().name).toBe(path);
      tags.push(...(answer.json().tags as unknown[]));
      next = /^<(.+)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
      pages += 1;
    }
    expect(pages).toBe(3);
    expect(tags).toEqual([...tags].sort());
    expect(tags).toEqual(
      expect.arrayContaining(['1.0.10', '1.0.9', 'latest', expect.stringMatching(/^sha256-.*sig$/)]),
    );
    expect((await ask(`${registry.url}/v2/${path}/tags/list?n=0`, token)).status).toBe(400);
  });

  it('leads from a tag to the bytes of each platform', async () => {
    const registry = await start();
    const token = await bearer(registry);
    const base = `${registry.url}/v2/${path}`;
    const index = await ask(`${base}/manifests/1.0.24`, token);
    expect(index.headers['content-type']).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.headers['docker-content-digest']).toBe(registry.digestOf(path, '1.0.24'));
    const children = index.json().manifests as { digest: string; platform: { architecture: string } }[];
    expect(children.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    const manifest = (await ask(`${base}/manifests/${children[1]!.digest}`, token)).json() as {
      config: { digest: string };
      layers: { digest: string; size: number }[];
    };
    const layer = await ask(`${base}/blobs/${manifest.layers[0]!.digest}`, token);
    expect(layer.bytes).toHaveLength(manifest.layers[0]!.size);
    const tar = gunzipSync(layer.bytes);
    expect(tar.toString('latin1')).toContain('falcon-imageanalyzer 1.0.24\n');
    const config = (await ask(`${base}/blobs/${manifest.config.digest}`, token)).json();
    expect(config).toMatchObject({ architecture: 'arm64', rootfs: { diff_ids: [sha256(tar)] } });
  });

  it('answers HEAD without a body, refuses writing, and knows what it has not', async () => {
    const registry = await start();
    const token = await bearer(registry);
    const base = `${registry.url}/v2/${path}`;
    const head = await ask(`${base}/manifests/latest`, token, 'HEAD');
    expect([head.status, head.bytes.length, Number(head.headers['content-length']) > 0]).toEqual([200, 0, true]);
    expect((await ask(`${base}/manifests/9.9.9`, token)).json()).toMatchObject({
      errors: [{ code: 'MANIFEST_UNKNOWN' }],
    });
    expect((await ask(`${base}/blobs/sha256:00`, token)).json()).toMatchObject({ errors: [{ code: 'BLOB_UNKNOWN' }] });
    expect((await ask(`${base}/manifests/1`, token, 'PUT')).status).toBe(405);
    expect((await ask(`${registry.url}/v2/_catalog`, token)).status).toBe(404);
  });

  it('takes further images, the same each time', async () => {
    const [one, two] = [await start(), await start()];
    const image = { files: { 'etc/motd': 'hello\n' }, architectures: ['arm64'] };
    const digest = one.put('team/app', '1', image);
    expect(two.put('team/app', '1', image)).toBe(digest);
    expect(one.digestOf('team/app', '1')).toBe(digest);
    expect(one.digestOf('team/app', '2')).toBeUndefined();
    const token = await bearer(one, 'fc', 'team/app');
    const manifest = await ask(`${one.url}/v2/team/app/manifests/1`, token);
    expect(manifest.headers['content-type']).toBe('application/vnd.oci.image.manifest.v1+json');
    expect((await ask(`${one.url}/v2/nothing/here/tags/list`, await bearer(one, 'fc', 'nothing/here'))).status).toBe(
      404,
    );
  });
});

function sha256(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
