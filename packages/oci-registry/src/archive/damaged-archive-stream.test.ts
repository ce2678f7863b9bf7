import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Image } from '../image/image.ts';
import { digestOf } from '../reference/digest.ts';
import { buildDockerArchive, buildImage, buildTar, type TarEntry } from '../testing.ts';
import { buildOciArchive, collect, ociEntries, withManifest } from './archives.test-support.ts';
import { type ArchiveStreamOptions, readArchiveStream } from './read-archive-stream.ts';

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

const read = (bytes: Uint8Array, options: ArchiveStreamOptions = {}): Promise<Image> =>
  readArchiveStream(chunked(bytes), options).image();

const pathOf = (digest: string): string => `blobs/${digest.replace(':', '/')}`;

function describeBlob(bytes: Buffer, mediaType: string) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** An OCI archive of one image, made by hand: its layers are whatever they are told to be. */
function handMade(layers: readonly Buffer[], mediaType: string = 'application/vnd.oci.image.layer.v1.tar'): TarEntry[] {
  const diffIds = layers.map((layer) => digestOf(layer));
  const config = Buffer.from(JSON.stringify({ rootfs: { diff_ids: diffIds } }));
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: describeBlob(config, 'application/vnd.oci.image.config.v1+json'),
      layers: layers.map((layer) => describeBlob(layer, mediaType)),
    }),
  );
  const root = describeBlob(manifest, 'application/vnd.oci.image.manifest.v1+json');
  const index = { path: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: [root] }) };
  const blobs = [...layers, config, manifest].map((content) => ({ path: pathOf(digestOf(content)), content }));
  return [...blobs, index, { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' }];
}

describe('a stream that is not what it should be', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'neither manifest.json nor index.json'],
    ['no tar', Buffer.alloc(3000, 'x'), 'not a tar archive'],
    ['damaged gzip', Buffer.concat([gzipSync(Buffer.alloc(5000, 'x')).subarray(0, 20), Buffer.alloc(9)]), 'gzip data'],
  ])('is refused: %s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining(message),
    });
  });

  it('notices that it was cut', async () => {
    const whole = await buildDockerArchive([{ image: await buildImage({ layers: [{ tar: Buffer.alloc(50_000) }] }) }]);
    for (const at of [300, 700, 20_000, whole.length - 3000]) {
      await expect(read(whole.subarray(0, at)), String(at)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
      await expect(read(gzipSync(whole.subarray(0, at))), `gzip ${at}`).rejects.toMatchObject({
        code: 'ARCHIVE_INVALID',
      });
    }
  });

  it('has the form that is asked for', async () => {
    const image = await buildImage();
    const [docker, oci] = [await buildDockerArchive([{ image }]), await buildOciArchive([{ image }])];
    await expect(read(docker, { format: 'oci-archive' })).rejects.toMatchObject({ hint: 'read it as docker-archive' });
    await expect(read(oci, { format: 'docker-archive' })).rejects.toMatchObject({ hint: 'read it as oci-archive' });
    expect((await read(oci, { format: 'oci-archive' })).digest).toBe(image.root.digest);
  });

  it('finds blobs other than their names say, whether they are read or not', async () => {
    const entries = ociEntries([{ image: await buildImage({ layers: [{ tar: Buffer.alloc(2048) }] }) }]);
    const damaged = entries.map((entry) => {
      const content = Buffer.from(entry.content ?? '');
      return content[0] === 0x1f ? { ...entry, content: Buffer.concat([content, Buffer.alloc(1)]) } : entry;
    });
    const bytes = await buildTar(damaged);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    const archive = readArchiveStream(chunked(bytes));
    const readAll = async (): Promise<void> => {
      for await (const layer of archive.layers()) await collect(layer.open());
    };
    await expect(readAll()).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    await expect(archive.image()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('lets no link give other content the name of a blob', async () => {
    const [layer, other] = [Buffer.alloc(1024), Buffer.alloc(2048)];
    const entries = handMade([layer]).filter(({ path }) => path !== pathOf(digestOf(layer)));
    const link = { path: pathOf(digestOf(layer)), type: 'symlink' as const, target: '../../other.tar' };
    const bytes = await buildTar([{ path: 'other.tar', content: other }, link, ...entries]);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  });

  it('finds layers other than the config says, plain and compressed', async () => {
    const tar = Buffer.alloc(2048);
    const config = { path: 'config.json', content: JSON.stringify({ rootfs: { diff_ids: [digestOf(tar)] } }) };
    for (const content of [Buffer.alloc(1024), gzipSync(Buffer.alloc(1024))]) {
      const bytes = await withManifest([{ path: 'l', content }, config], [{ Config: 'config.json', Layers: ['l'] }]);
      await expect(read(bytes)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    }
    const missing = await withManifest([config], [{ Config: 'config.json', Layers: ['l'] }]);
    await expect(read(missing)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    const blob = gzipSync(tar);
    const path = pathOf(digestOf(blob));
    const unchecked = await withManifest(
      [{ path, content: blob }, config],
      [{ Config: 'config.json', Layers: [path] }],
    );
    await expect(read(unchecked)).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      hint: 'write the archive to a file and read that',
    });
  });

  it('says which layer is missing, foreign, or no tar', async () => {
    const layer = Buffer.from('neither a tar nor a document');
    for (const content of [layer, Buffer.from('{}')]) {
      await expect(read(await buildTar(handMade([content])))).rejects.toMatchObject({
        code: 'LAYER_UNAVAILABLE',
        message: expect.stringContaining('layer 0'),
      });
    }
    const without = (entries: TarEntry[]) => buildTar(entries.filter(({ path }) => path !== pathOf(digestOf(layer))));
    await expect(read(await without(handMade([layer])))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('layer 0: it is missing'),
    });
    const foreign = handMade([layer], 'application/vnd.docker.image.rootfs.foreign.diff.tar');
    await expect(read(await without(foreign))).rejects.toMatchObject({ code: 'LAYER_UNAVAILABLE' });
  });

  it('keeps no more documents than its bounds', async () => {
    const large = Buffer.alloc(12 * 1024 * 1024, ' ');
    large.write('{', 0);
    const entries = [0, 1, 2].map((index) => ({ path: `${index}.json`, content: large }));
    await expect(read(await buildTar(entries))).rejects.toMatchObject({
      code: 'ARCHIVE_INVALID',
      message: expect.stringContaining('bytes of documents'),
    });
    const bytes = await buildOciArchive([{ image: await buildImage() }]);
    await expect(read(bytes, { configBytes: 10 })).rejects.toMatchObject({ code: 'CONFIG_TOO_LARGE' });
    await expect(read(bytes, { configBytes: 10, manifestBytes: 10 })).rejects.toMatchObject({
      code: 'MANIFEST_TOO_LARGE',
    });
  });
});

describe('leaving a stream', () => {
  it('leaves the source, and gives no image', async () => {
    const bytes = await buildDockerArchive([{ image: await buildImage({ layers: [{ tar: Buffer.alloc(500_000) }] }) }]);
    for (const pack of [(plain: Buffer) => plain, (plain: Buffer) => gzipSync(plain, { level: 0 })]) {
      let wasLeft = false;
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          yield* chunked(pack(bytes));
        } finally {
          wasLeft = true;
        }
      }
      const archive = readArchiveStream(source());
      for await (const layer of archive.layers()) {
        for await (const _ of layer.open()) break;
        break;
      }
      expect(wasLeft).toBe(true);
      await expect(archive.image()).rejects.toMatchObject({ code: 'CLOSED' });
    }
  });

  it.each([false, true])('does not wait for a source that is silent, compressed: %s', async (gzip) => {
    const plain = await buildDockerArchive([{ image: await buildImage({ layers: [{ tar: Buffer.alloc(500_000) }] }) }]);
    const bytes = gzip ? gzipSync(plain, { level: 0 }) : plain;
    async function* silent(): AsyncGenerator<Uint8Array> {
      yield* chunked(bytes.subarray(0, 100_000));
      await new Promise(() => undefined);
    }
    for await (const layer of readArchiveStream(silent()).layers()) {
      for await (const _ of layer.open()) break;
      break;
    }
    const controller = new AbortController();
    const reading = readArchiveStream(silent(), { signal: controller.signal }).image();
    setTimeout(() => controller.abort('enough'), 20);
    await expect(reading).rejects.toBe('enough');
  });

  it('passes on what the source fails with', async () => {
    const failure = new Error('the pipe broke');
    const plain = await buildDockerArchive([{ image: await buildImage() }]);
    for (const bytes of [plain, gzipSync(plain)]) {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield bytes.subarray(0, 100);
        throw failure;
      }
      await expect(readArchiveStream(broken()).image()).rejects.toBe(failure);
    }
    const aborted = readArchiveStream(chunked(plain), { signal: AbortSignal.abort('no') });
    await expect(aborted.image()).rejects.toBe('no');
  });
});
