import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStoredImage } from './open-stored-image.ts';
import { StoredImageError } from './stored-image-error.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const digestOf = (text: string): string => `sha256:${sha256(text)}`;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'iar-storage-'));
});
afterEach(() => rm(root, { recursive: true }));

interface Stored {
  readonly names?: readonly string[] | null;
  readonly diffIds?: readonly string[];
  readonly architecture?: string;
  /** What the config's file holds instead of the config. */
  readonly damagedConfig?: string;
}

const [lower, upper] = [digestOf('lower'), digestOf('upper')];
const idOf = (name: string): string => sha256(`layer ${name}`);

/** Notes an image as containers/storage does, with two layers. */
async function store(image: Stored = {}): Promise<{ id: string; manifestDigest: string }> {
  const { names = ['registry.example/team/app:1'], diffIds = [lower, upper], architecture = 'amd64' } = image;
  const config = JSON.stringify({ os: 'linux', architecture, rootfs: { type: 'layers', diff_ids: diffIds } });
  const manifest = JSON.stringify({ schemaVersion: 2, config: { digest: digestOf(config), size: config.length } });
  const id = sha256(config);
  const folder = join(root, 'overlay-images', id);
  await mkdir(folder, { recursive: true });
  await mkdir(join(root, 'overlay-layers'), { recursive: true });
  await writeFile(join(folder, 'manifest'), manifest);
  const inBase64 = `=${Buffer.from(`sha256:${id}`).toString('base64')}`;
  await writeFile(join(folder, inBase64), image.damagedConfig ?? config);
  const record = {
    ...{ id, names, layer: idOf('upper') },
    'big-data-digests': { manifest: digestOf(manifest), [`sha256:${id}`]: digestOf(config) },
  };
  const older = { id: 'of another form' };
  await writeFile(join(root, 'overlay-images/images.json'), JSON.stringify([older, record]));
  const layers = [
    { id: idOf('lower'), 'diff-digest': lower, 'diff-size': 1024 },
    { id: idOf('upper'), parent: idOf('lower'), 'diff-digest': upper, 'diff-size': 2048 },
  ];
  await writeFile(join(root, 'overlay-layers/layers.json'), JSON.stringify(layers));
  return { id, manifestDigest: digestOf(manifest) };
}

describe('openStoredImage', () => {
  it('is the image that was pulled: its manifest, its config, its layers by their diffIDs', async () => {
    const { id, manifestDigest } = await store();
    const image = await openStoredImage({ root, reference: 'registry.example/team/app:1' });
    expect(image).toMatchObject({
      ...{ reference: 'registry.example/team/app:1', digest: manifestDigest, identity: 'manifest' },
      ...{ configDigest: `sha256:${id}`, synthesized: false, platform: { os: 'linux', architecture: 'amd64' } },
    });
    expect(image.layers).toEqual([
      expect.objectContaining({ index: 0, digest: lower, diffId: lower, size: 1024 }),
      expect.objectContaining({ index: 1, digest: upper, diffId: upper, size: 2048 }),
    ]);
  });

  it('is found as Podman and crictl find it', async () => {
    const { id, manifestDigest } = await store({
      names: ['docker.io/library/alpine:latest', 'localhost/mine:2', 'registry.example/team/app:1'],
    });
    for (const reference of [
      ...['alpine', 'docker.io/library/alpine:latest', 'mine:2', 'localhost/mine:2', id, id.slice(0, 12)],
      ...[`sha256:${id}`, `registry.example/team/app@${manifestDigest}`],
    ]) {
      expect((await openStoredImage({ root, reference })).configDigest, reference).toBe(`sha256:${id}`);
    }
    expect((await openStoredImage({ root, reference: 'alpine' })).reference).toBe('docker.io/library/alpine:latest');
    expect((await openStoredImage({ root, reference: id })).reference).toBe('docker.io/library/alpine:latest');
  });

  it('is called by its id where it has no name', async () => {
    const { id } = await store({ names: null });
    expect((await openStoredImage({ root, reference: id })).reference).toBe(id);
  });

  it('has to be for the platform that is asked for', async () => {
    await store({ architecture: 'arm64' });
    const reference = 'registry.example/team/app:1';
    const [fits, other] = [
      { os: 'linux', architecture: 'aarch64' },
      { os: 'linux', architecture: 'amd64' },
    ];
    expect((await openStoredImage({ root, reference, platform: fits })).platform.architecture).toBe('arm64');
    await expect(openStoredImage({ root, reference, platform: other })).rejects.toThrow(
      /PLATFORM_MISMATCH.*linux\/arm64, not linux\/amd64/,
    );
  });

  it.each([
    ['other/app:1', {}, /^\[IMAGE_UNKNOWN\].*other\/app:1/],
    [`registry.example/team/app@${digestOf('x')}`, {}, /^\[IMAGE_UNKNOWN\]/],
    [sha256('no image'), {}, /^\[IMAGE_UNKNOWN\]/],
    ['registry.example/team/app:1', { diffIds: [lower] }, /^\[STORAGE_INVALID\].*other layers/],
    ['registry.example/team/app:1', { diffIds: [upper, lower] }, /^\[STORAGE_INVALID\].*other layers/],
    ['registry.example/team/app:1', { damagedConfig: '{}' }, /^\[STORAGE_INVALID\].*not sha256:/],
    ['registry.example/team/app:1', { damagedConfig: '{' }, /^\[STORAGE_INVALID\].*no JSON/],
  ])('refuses %s of %j', async (reference, image, message) => {
    await store(image);
    const failure: unknown = await openStoredImage({ root, reference }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoredImageError);
    expect(failure).toMatchObject({ message: expect.stringMatching(message), hint: expect.any(String), exitCode: 3 });
  });

  it('says where no storage is, and what is none', async () => {
    await expect(openStoredImage({ root, reference: 'x' })).rejects.toThrow(/^\[NOT_FOUND\].*overlay/);
    await mkdir(join(root, 'overlay-images'));
    await writeFile(join(root, 'overlay-images/images.json'), '{}');
    await expect(openStoredImage({ root, reference: 'x' })).rejects.toThrow(/^\[STORAGE_INVALID\].*no list/);
  });
});
