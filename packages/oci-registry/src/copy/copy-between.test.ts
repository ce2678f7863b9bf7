import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDockerArchive } from '../archive/create-docker-archive.ts';
import { openDockerArchive } from '../archive/open-docker-archive.ts';
import { ociConfigType, ociIndexType, ociManifestType } from '../image/media-types.ts';
import { createOciLayout } from '../layout/create-oci-layout.ts';
import { openOciLayout } from '../layout/open-oci-layout.ts';
import { digestOf } from '../reference/digest.ts';
import { collect } from '../registry/list-collect.test-support.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { buildDockerArchive, buildImage, createRegistry } from '../testing.ts';
import type { CopyEvent } from './copy-event.ts';
import { copyImage } from './copy-image.ts';
import {
  platforms,
  readWhole,
  setUpCopy,
  severalPlatforms,
  testClient,
  testFolder,
} from './copy-set-up.test-support.ts';

describe('copying between repositories', () => {
  it('mounts blobs within a registry, and sends nothing that is there', async () => {
    const { registry, client, pushed } = await setUpCopy(severalPlatforms);
    const events: CopyEvent[] = [];
    const to = `${registry.host}/other/app:2`;
    const first = await client.copy(pushed.reference, to, { onProgress: (event) => events.push(event) });
    expect(first).toMatchObject({
      digest: pushed.digest,
      identical: true,
      blobs: { copied: 0, mounted: 8, existing: 0 },
      bytes: 0,
    });
    expect(events[0]).toMatchObject({ type: 'plan', manifests: 5, blobs: 8 });
    expect(events.filter(({ type }) => type === 'manifest')).toHaveLength(5);
    expect(registry.find('other/app', 'manifest', '2')?.bytes).toEqual(pushed.root.bytes);
    const again = await client.copy(pushed.reference, to);
    expect(again.blobs).toEqual({ copied: 0, mounted: 0, existing: 8 });
    const tags = await client.copy(pushed.reference, `${registry.host}/team/app:latest`);
    expect(tags).toMatchObject({ identical: true, blobs: { existing: 8 } });
  });

  it('writes the name last', async () => {
    const { registry, client, pushed } = await setUpCopy(severalPlatforms);
    await client.copy(pushed.reference, `${registry.host}/other/app:2`);
    const puts = registry.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'));
    expect(puts.at(-1)?.path).toBe('/v2/other/app/manifests/2');
    expect(puts).toHaveLength(5);
  });

  it('brings everything to another registry, by tag or by digest', async () => {
    const { client, pushed } = await setUpCopy(severalPlatforms);
    const other = untilTestEnds(await createRegistry());
    const result = await client.copy(pushed.reference, `${other.host}/app@${pushed.digest}`, { concurrency: 1 });
    expect(result.blobs).toEqual({ copied: 8, mounted: 0, existing: 0 });
    expect(other.find('app', 'manifest', pushed.digest)).toBeDefined();
    expect(await collect(client.listTags(`${other.host}/app`))).toEqual([]);
    const wrong = `${other.host}/app@${digestOf(Buffer.from('x'))}`;
    expect(await failureOf(client.copy(pushed.reference, wrong))).toMatchObject({ code: 'DIGEST_INVALID' });
    const target = client.target(`${other.host}/app`);
    const name = '../x';
    expect(await failureOf(client.copy(pushed.reference, { target, name }))).toMatchObject({
      code: 'REFERENCE_INVALID',
    });
    await client.copy(pushed.reference, { target, name: 'stable' });
    expect(await collect(client.listTags(`${other.host}/app`))).toEqual(['stable']);
  });

  it('makes an index of several platforms, nested ones too', async () => {
    const { registry, client, pushed } = await setUpCopy(severalPlatforms);
    const result = await client.copy(pushed.reference, `${registry.host}/other:2`, {
      platforms: [platforms[0], platforms[2]],
    });
    expect(result).toMatchObject({ identical: false, mediaType: ociIndexType });
    const index = JSON.parse(Buffer.from(registry.find('other', 'manifest', '2')?.bytes ?? []).toString());
    expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([platforms[0], platforms[2]]);
    expect(digestOf(registry.find('other', 'manifest', '2')?.bytes ?? Buffer.from(''))).toBe(result.digest);
    const { digest, mediaType, size } = pushed.root;
    const nested = JSON.stringify({ schemaVersion: 2, manifests: [{ digest, mediaType, size }] });
    registry.pushManifest('team/app', 'nested', nested, ociIndexType);
    const flat = await client.copy(`${registry.host}/team/app:nested`, `${registry.host}/other:3`, {
      platforms: [platforms[1], platforms[0]],
    });
    expect((await client.resolve(`${registry.host}/other@${flat.digest}`, { platform: platforms[1] })).digest).toBe(
      pushed.images[1]?.manifest.digest,
    );
    const whole = await client.copy(`${registry.host}/team/app:nested`, `${registry.host}/other:4`);
    expect(whole.identical).toBe(true);
  });

  it('refuses a platform that does not exist', async () => {
    const { registry, client, pushed } = await setUpCopy(severalPlatforms);
    const to = `${registry.host}/other:2`;
    const riscv = { os: 'linux', architecture: 'riscv64' };
    for (const choice of [riscv, [platforms[0], riscv], []]) {
      const failed = client.copy(pushed.reference, to, { platforms: choice });
      expect(await failureOf(failed)).toMatchObject({ code: 'PLATFORM_NOT_FOUND' });
    }
    expect(registry.find('other', 'manifest', '2')).toBeUndefined();
  });

  it('leaves foreign layers where they are, unless told to bring them', async () => {
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const { registry, client, pushed, directory } = await setUpCopy({
      layers: [{ mediaType, urls: ['https://example.invalid/layer'], entries: [{ path: 'a' }] }, {}],
    });
    const target = createOciLayout(join(directory, 'layout'));
    expect(await client.copy(pushed.reference, { target })).toMatchObject({ identical: true, blobs: { copied: 2 } });
    const archive = createDockerArchive(join(directory, 'image.tar'));
    expect(await failureOf(client.copy(pushed.reference, { target: archive }))).toMatchObject({
      code: 'LAYER_UNAVAILABLE',
    });
    const everything = await client.copy(pushed.reference, { target: archive }, { foreignLayers: true });
    expect(everything).toMatchObject({ identical: true, blobs: { copied: 3 } });
    expect(registry.requests.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true);
  });

  it.each([true, false])('brings what refers to the image along (referrers API: %s)', async (referrers) => {
    const from = untilTestEnds(await createRegistry({ referrers }));
    const client = testClient();
    const { root, reference } = await from.push('app', '1');
    const attach = ({ mediaType, digest, size }: { mediaType: string; digest: string; size: number }, type: string) => {
      const empty = Buffer.from('{}');
      const config = { mediaType: ociConfigType, digest: from.pushBlob('app', empty), size: 2 };
      const subject = { mediaType, digest, size };
      const document = {
        schemaVersion: 2,
        mediaType: ociManifestType,
        artifactType: type,
        config,
        layers: [],
        subject,
      };
      const bytes = Buffer.from(JSON.stringify(document));
      const entry = { mediaType: ociManifestType, digest: digestOf(bytes), size: bytes.length, artifactType: type };
      from.pushManifest('app', undefined, bytes, ociManifestType);
      const index = JSON.stringify({ schemaVersion: 2, mediaType: ociIndexType, manifests: [entry] });
      from.pushManifest('app', subject.digest.replace(':', '-'), index, ociIndexType);
      return entry;
    };
    const sbom = attach(root, 'application/sbom');
    const signature = attach(sbom, 'application/signature');
    const directory = await testFolder();
    const layout = { target: createOciLayout(directory), name: '1' };
    expect(await client.copy(reference, layout, { referrers: true })).toMatchObject({ identical: true, referrers: 2 });
    for (const offered of [true, false]) {
      const to = untilTestEnds(await createRegistry({ referrers: offered }));
      const headers = { 'oci-subject': '' };
      if (!offered) to.addFault({ on: 'manifest', fault: { kind: 'headers', headers } });
      for (const origin of [reference, { source: untilTestEnds(openOciLayout(directory)), reference: '1' }]) {
        const copied = await client.copy(origin, `${to.host}/copy:1`, { referrers: true });
        expect(copied).toMatchObject({ identical: true, referrers: 2 });
      }
      const found = await collect(client.listReferrers(`${to.host}/copy:1`));
      expect(found.map(({ digest }) => digest)).toEqual([sbom.digest]);
      const further = await collect(client.listReferrers(`${to.host}/copy@${sbom.digest}`));
      expect(further.map(({ digest }) => digest)).toEqual([signature.digest]);
    }
    const plain = untilTestEnds(await createRegistry());
    await client.copy(reference, `${plain.host}/copy:1`);
    expect(plain.find('copy', 'manifest', sbom.digest)).toBeUndefined();
  });

  it('pushes the manifest made up for an archive that has none', async () => {
    const { registry, client, directory } = await setUpCopy();
    const path = join(directory, 'image.tar');
    const image = await buildImage({ layers: [{ compression: 'none' }] });
    await writeFile(path, await buildDockerArchive([{ image, tags: ['app:1'] }], { shape: 'classic' }));
    const source = untilTestEnds(openDockerArchive(path));
    const content = await source.content(undefined);
    const result = await copyImage(content, client.target(`${registry.host}/copy:1`));
    expect(result).toMatchObject({ digest: content.root.digest, identical: true });
    expect(await readWhole(await client.resolve(`${registry.host}/copy:1`))).toBeGreaterThan(0);
  });

  it.each(['plan', 'bytes', 'blob', 'manifest'])('ends with what a listener throws (%s)', async (type) => {
    const { client, pushed } = await setUpCopy();
    const other = untilTestEnds(await createRegistry());
    const thrown = new Error('the listener');
    const onProgress = (event: CopyEvent): void => {
      if (event.type === type) throw thrown;
    };
    expect(await failureOf(client.copy(pushed.reference, `${other.host}/other:1`, { onProgress }))).toBe(thrown);
    expect(other.pendingUploads).toBe(0);
  });

  it('has ended when it is asked for with a signal that has fired', async () => {
    const { registry, client, pushed } = await setUpCopy();
    const reason = new Error('before');
    const content = await client.content(pushed.reference);
    const target = client.target(`${registry.host}/other:1`);
    const before = registry.requests.length;
    const failed = copyImage(content, target, { signal: AbortSignal.abort(reason) });
    expect(await failureOf(failed)).toBe(reason);
    expect(registry.requests).toHaveLength(before);
  });
});
