import { describe, expect, it } from 'vitest';
import type { ImageContent } from '../image/content-store.ts';
import type { ImageManifest } from '../image/manifest.ts';
import { digestOf } from '../reference/digest.ts';
import { buildDockerArchive, buildImage, buildTar } from '../testing.ts';
import { archiveFile, collect, ociEntries } from './archives.test-support.ts';
import { openDockerArchive } from './open-docker-archive.ts';

const platforms = ['amd64', 'arm64'].map((architecture) => ({ platform: { os: 'linux', architecture } }));

function manifestOf({ root }: ImageContent): ImageManifest {
  return root.kind === 'manifest' ? root.document : expect.fail('it should be a manifest');
}

describe('the content of a docker-archive', () => {
  it.each(['classic', 'kaniko'] as const)(
    'without manifests (%s) has one that is made up, always the same',
    async (shape) => {
      const image = await buildImage({ layers: [{ entries: [{ path: 'a' }] }, {}] });
      const file = await archiveFile(await buildDockerArchive([{ image, tags: ['app:1'] }], { shape }));
      await using archive = openDockerArchive(file);
      const content = await archive.content(undefined);
      const resolved = await archive.resolve(undefined);
      expect(content.reference).toBe('docker.io/library/app:1');
      expect(content.root.digest).toBe(digestOf(content.root.bytes));
      expect(manifestOf(content)).toEqual(resolved.manifest);
      await using again = openDockerArchive(file);
      expect((await again.content('app:1')).root.bytes).toEqual(content.root.bytes);

      const { config, layers } = manifestOf(content);
      const { store, root } = content;
      expect(await collect(store.openBlob(config, {}))).toEqual(Buffer.from(image.images[0]?.config.bytes ?? ''));
      for (const layer of layers) {
        const bytes = await collect(store.openBlob(layer, {}));
        expect([digestOf(bytes), bytes.length]).toEqual([layer.digest, layer.size]);
      }
      const own = { digest: root.digest, mediaType: root.mediaType, size: root.bytes.length };
      expect(await store.readManifest(own, {})).toBe(root);
      const other = { ...own, digest: digestOf(Buffer.from('other')) };
      await expect(store.readManifest(other, {})).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
      await expect(collect(store.openBlob(other, {}))).rejects.toMatchObject({ code: 'BLOB_UNKNOWN' });
      await expect(store.readManifest(own, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    },
  );

  it('of Docker 25 is the index where all of it is held, else the manifest', async () => {
    const image = await buildImage({ images: platforms, attestations: true });
    const part = await archiveFile(await buildDockerArchive([{ image }], { shape: 'hybrid' }));
    await using partial = openDockerArchive(part);
    expect((await partial.content(undefined)).root.digest).toBe(image.images[0]?.manifest.digest);

    const config = `blobs/${image.images[0]?.config.digest.replace(':', '/')}`;
    const Layers = image.images[0]?.layers.map(({ digest }) => `blobs/${digest.replace(':', '/')}`);
    const manifest = {
      path: 'manifest.json',
      content: JSON.stringify([{ Config: config, Layers, RepoTags: ['a:1'] }]),
    };
    await using whole = openDockerArchive(await archiveFile(await buildTar([...ociEntries([{ image }]), manifest])));
    expect(await whole.content('a:1')).toMatchObject({
      reference: 'docker.io/library/a:1',
      root: { kind: 'index', digest: image.root.digest },
    });
    // manifest.json names one platform of it, the index has the other one, too.
    const digests = image.images.map((built) => built.manifest.digest);
    expect((await whole.resolve('a:1')).digest).toBe(digests[0]);
    expect(await whole.resolve('a:1', platforms[1])).toMatchObject({
      digest: digests[1],
      indexDigest: image.root.digest,
      reference: 'docker.io/library/a:1',
    });
  });
});
