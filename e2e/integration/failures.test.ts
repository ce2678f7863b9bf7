import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { blobOf } from '../support/layout-image.ts';
import { pushImage } from '../support/pushed-image.ts';
import { canRun } from '../support/required-tools.ts';
import { type SmallImage, writeSmallImage } from '../support/small-image.ts';

/** A manifest or index to put, whatever else is in it. */
interface ManifestDocument {
  readonly mediaType: string;
  readonly [field: string]: unknown;
}

const runnable = canRun('images that cannot be read', ['docker-registry', 'skopeo']);

describe.runIf(runnable)('iar scan of an image that cannot be read', () => {
  let registry: DockerRegistry;
  let scratch: string;
  let image: SmallImage;
  let reference: string;
  let count = 0;

  beforeAll(async () => {
    registry = await startDockerRegistry();
  });

  afterAll(async () => {
    await registry?.close();
  });

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-failures-'));
    // Content of its own for each test: the registry keeps equal blobs once, and some tests damage them.
    const files = {
      'app/package.json': JSON.stringify({ name: 'app', version: '1.0.0' }),
      'app/data': randomBytes(300_000).toString('hex'),
    };
    image = await writeSmallImage(join(scratch, 'image'), files);
    reference = `${registry.host}/broken/image:${++count}`;
    await pushImage(image.layout, { reference });
  });

  afterEach(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  /** Scans to two files and to standard output, and expects one error line, one hint, and nothing that looks like a result. */
  const failure = async (target: string, options: readonly string[] = []): Promise<string> => {
    const results = await mkdtemp(join(scratch, 'results-'));
    const outputs = ['purls', 'json=inventory.json', 'cyclonedx-json=sbom.json'].flatMap((value) => ['-o', value]);
    const { code, stdout, stderr } = await runAgent(['scan', '-q', target, ...outputs, ...options], { cwd: results });
    expect({ code, stdout, files: await readdir(results) }, stderr).toEqual({ code: 3, stdout: '', files: [] });
    expect(stderr).toMatch(/^iar: error: \[[A-Z_]+\] [^\n]+\nhint: [^\n]+\n$/);
    return stderr;
  };

  const layer = (): SmallImage['manifest']['layers'][number] => image.manifest.layers[0]!;

  /** Puts another manifest into the registry, under a tag of its own. */
  const putManifest = async (manifest: ManifestDocument): Promise<string> => {
    const tag = `changed-${count}`;
    const answer = await fetch(`http://${registry.host}/v2/broken/image/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': manifest.mediaType },
      body: JSON.stringify(manifest),
    });
    expect(answer.status, await answer.text()).toBe(201);
    return `${registry.host}/broken/image:${tag}`;
  };

  it('reads the image while it is whole', async () => {
    const { code, stdout } = await runAgent(['scan', '-q', reference, '-o', 'purls']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'pkg:npm/app@1.0.0\n' });
  });

  it('refuses a layer with one flipped byte', async () => {
    const file = await open(registry.blobFile(layer().digest), 'r+');
    const position = Math.floor(layer().size / 2);
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, position);
    await file.write(Buffer.from([buffer[0]! ^ 1]), 0, 1, position);
    await file.close();
    expect(await failure(reference)).toContain(layer().digest);
  });

  it('refuses a layer that ends early', async () => {
    await truncate(registry.blobFile(layer().digest), layer().size - 1000);
    expect(await failure(reference)).toContain(layer().digest);
  });

  it('refuses a layer that is longer than the manifest says', async () => {
    const file = registry.blobFile(layer().digest);
    await writeFile(file, Buffer.concat([await readFile(file), Buffer.alloc(1000)]));
    expect(await failure(reference)).toContain(layer().digest);
  });

  it('refuses a layer whose compressed stream breaks off, although its digest is right', async () => {
    const whole = gzipSync(gunzipSync(await readFile(blobOf(image.layout, layer().digest))));
    const broken = whole.subarray(0, whole.length - 5000);
    const digest = await putBlob(registry.host, broken);
    const changed = { ...layer(), digest, size: broken.length };
    const stderr = await failure(await putManifest({ ...image.manifest, layers: [changed] }));
    expect(stderr).toContain(digest);
  });

  it('refuses a layer of an unknown media type', async () => {
    const mediaType = 'application/vnd.example.layer.v9+brotli';
    const stderr = await failure(await putManifest({ ...image.manifest, layers: [{ ...layer(), mediaType }] }));
    expect(stderr).toContain(mediaType);
  });

  it('refuses a manifest that is not what its digest says', async () => {
    const pinned = `${registry.host}/broken/image@${image.manifestDigest}`;
    await writeFile(registry.blobFile(image.manifestDigest), JSON.stringify({ ...image.manifest, annotations: {} }));
    expect(await failure(pinned)).toContain(image.manifestDigest);
  });

  it('says which image does not exist', async () => {
    expect(await failure(`${registry.host}/no/such-image:1`)).toContain('no/such-image');
    expect(await failure(`${registry.host}/broken/image:no-such-tag`)).toContain('no-such-tag');
    expect(await failure(`oci-layout:${image.layout}:no-such-tag`)).toContain('no-such-tag');
    expect(await failure(`oci-layout:${join(scratch, 'nowhere')}`)).toContain('nowhere');
    expect(await failure(`docker-archive:${join(scratch, 'nowhere.tar')}`)).toContain('nowhere.tar');
  });

  it('says which platform an image and an index do not have', async () => {
    expect(await failure(reference, ['--platform', 'linux/s390x'])).toContain('linux/s390x');
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const { size } = await open(registry.blobFile(image.manifestDigest)).then(async (file) => {
      const stats = await file.stat();
      await file.close();
      return stats;
    });
    const child = { mediaType: image.manifest.mediaType, digest: image.manifestDigest, size };
    const manifests = [{ ...child, platform: { os: 'linux', architecture: 'riscv64' } }];
    const index = await putManifest({ schemaVersion: 2, mediaType, manifests });
    const stderr = await failure(index, ['--platform', 'linux/s390x']);
    expect(stderr).toContain('linux/s390x');
    expect(stderr).toContain('linux/riscv64');
  });

  it('says which registry does not answer', async () => {
    const gone = await startDockerRegistry();
    await gone.close();
    expect(await failure(`${gone.host}/team/app:1`)).toContain(gone.host);
  });
});

async function putBlob(host: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const started = await fetch(`http://${host}/v2/broken/image/blobs/uploads/`, { method: 'POST' });
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
  const target = new URL(started.headers.get('location') ?? '', `http://${host}`);
  target.searchParams.set('digest', `sha256:${hash}`);
  const put = await fetch(target, {
    method: 'PUT',
    body: bytes,
    headers: { 'content-type': 'application/octet-stream' },
  });
  expect(put.status, await put.text()).toBe(201);
  return `sha256:${hash}`;
}
