import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';

/** How the layers of a written image are compressed. */
export type LayerCompression = 'gzip' | 'zstd' | 'none';

/** A layer to write: an uncompressed tar and the build step the image's history names for it. */
export interface LayerSource {
  readonly tar: string;
  readonly createdBy: string;
}

/** Where a blob is, and what (image-spec, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const layerMediaTypes: Record<LayerCompression, string> = {
  gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  none: 'application/vnd.oci.image.layer.v1.tar',
};

/** The architecture of this machine, in Go's words. */
export const hostArchitecture: string = process.arch === 'x64' ? 'amd64' : process.arch;

/** All images here say they were made then, so that equal content gives equal digests. */
const created = '2026-01-01T00:00:00Z';

/**
 * Writes an image as an OCI image layout (image-spec, "Image Layout") with one manifest under one tag.
 *
 * @param directory empty or absent folder
 * @param architecture in Go's words; that of this machine when absent
 * @param tag the `org.opencontainers.image.ref.name` of the manifest
 * @returns digest of the manifest
 */
export async function writeOciLayout(
  directory: string,
  tag: string,
  layers: readonly LayerSource[],
  compression: LayerCompression,
  architecture: string = hostArchitecture,
): Promise<string> {
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true });
  const diffIds: string[] = [];
  const descriptors: Descriptor[] = [];
  for (const layer of layers) {
    const blob = await writeLayerBlob(directory, layer.tar, compression);
    diffIds.push(blob.diffId);
    descriptors.push(blob.descriptor);
  }
  const config = await writeBlob(
    directory,
    imageConfig(layers, diffIds, architecture),
    'application/vnd.oci.image.config.v1+json',
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = await writeBlob(directory, { schemaVersion: 2, mediaType, config, layers: descriptors }, mediaType);
  await writeLayoutIndex(directory, tag, manifest);
  return manifest.digest;
}

/** Makes a folder of blobs a layout that has one manifest under one tag. */
export async function writeLayoutIndex(directory: string, tag: string, manifest: Descriptor): Promise<void> {
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  await writeFile(join(directory, 'index.json'), JSON.stringify(index));
  await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
}

function imageConfig(layers: readonly LayerSource[], diffIds: readonly string[], architecture: string): unknown {
  const history = layers.map(({ createdBy }) => ({ created, created_by: createdBy }));
  return {
    created,
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/opt/venv/bin:/usr/bin:/bin'], Cmd: ['node', '/opt/app/index.js'], WorkingDir: '/opt/app' },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: [...history, { created, created_by: 'CMD ["node" "/opt/app/index.js"]', empty_layer: true }],
  };
}

/** Compresses a tar into the blobs of a layout. */
export async function writeLayerBlob(
  directory: string,
  tar: string,
  compression: LayerCompression,
): Promise<{ descriptor: Descriptor; diffId: string }> {
  const partial = join(directory, 'layer.partial');
  const diffId = createHash('sha256');
  const digest = createHash('sha256');
  let size = 0;
  await pipeline(
    createReadStream(tar, { highWaterMark: 256 * 1024 }),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        diffId.update(chunk);
        yield chunk;
      }
    },
    compressor(compression),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        digest.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(partial),
  );
  const hex = digest.digest('hex');
  await rename(partial, join(directory, 'blobs', 'sha256', hex));
  return {
    descriptor: { mediaType: layerMediaTypes[compression], digest: `sha256:${hex}`, size },
    diffId: `sha256:${diffId.digest('hex')}`,
  };
}

function compressor(compression: LayerCompression): Transform {
  if (compression === 'gzip') return createGzip();
  return compression === 'zstd' ? createZstdCompress() : new PassThrough();
}

/** Writes a document into the blobs of a layout. */
export async function writeBlob(directory: string, content: unknown, mediaType: string): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(content));
  const hex = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(directory, 'blobs', 'sha256', hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}
