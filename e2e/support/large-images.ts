import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { DockerRegistry } from './docker-registry.ts';
import { fleetImages } from './fleet-images.ts';
import { blobOf } from './layout-image.ts';
import { hostArchitecture } from './oci-layout.ts';

/** An image in a registry. */
export interface PushedLargeImage {
  /** `HOST:PORT/NAME:1` */
  readonly reference: string;
  readonly digest: string;
}

/** Bytes of a layer, compressed, more or less. */
const layerBytes = 300_000_000;

/**
 * Pushes images of one layer of 300 MB, compressed: a whole Debian, and a large file that does not compress. No two have
 * a layer in common.
 */
export async function pushLargeImages(registry: DockerRegistry, count: number): Promise<PushedLargeImage[]> {
  const debian = (await fleetImages()).get('web-1')!;
  // A gzip stream may have several members, so what images share need not be compressed for each of them.
  const tail = await readFile(blobOf(debian.layout, debian.layerDigests[0]!));
  const large = gzipSync(await entry('srv/large.bin', randomBytes(layerBytes - tail.length)), { level: 0 });
  const images: PushedLargeImage[] = [];
  for (let index = 0; index < count; index += 1) {
    const manifest = JSON.stringify({ name: `large-${index}`, version: '1.0.0' });
    const own = gzipSync(await entry(`srv/node_modules/large-${index}/package.json`, Buffer.from(manifest)));
    images.push(await pushLayer(registry, `large/image-${index}`, [own, large, tail]));
  }
  return images;
}

/** One entry of a tar, without the end of the archive. */
async function entry(name: string, content: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mtime: new Date(0) }, content);
  tar.finalize();
  const archive = await buffer(tar);
  return archive.subarray(0, archive.length - 1024);
}

async function pushLayer(
  registry: DockerRegistry,
  repository: string,
  pieces: readonly Buffer[],
): Promise<PushedLargeImage> {
  const layer = await pushBlob(registry, repository, pieces);
  const config = {
    ...{ architecture: hostArchitecture, os: 'linux', config: {} },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  };
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = JSON.stringify({
    ...{ schemaVersion: 2, mediaType },
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      ...(await pushBlob(registry, repository, [Buffer.from(JSON.stringify(config))])),
    },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
  });
  const answer = await fetch(`http://${registry.host}/v2/${repository}/manifests/1`, {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: manifest,
  });
  if (!answer.ok) throw new Error(`the registry refused a manifest: ${await answer.text()}`);
  return { reference: `${registry.host}/${repository}:1`, digest: sha256([Buffer.from(manifest)]) };
}

async function pushBlob(
  registry: DockerRegistry,
  repository: string,
  pieces: readonly Buffer[],
): Promise<{ readonly digest: string; readonly size: number }> {
  const digest = sha256(pieces);
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const started = await fetch(`http://${registry.host}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location')!, `http://${registry.host}`);
  location.searchParams.set('digest', digest);
  const body = Readable.toWeb(Readable.from(pieces)) as ReadableStream;
  const headers = { 'content-type': 'application/octet-stream', 'content-length': String(size) };
  const stored = await fetch(location, { method: 'PUT', headers, body, duplex: 'half' } as RequestInit);
  if (!stored.ok) throw new Error(`the registry refused a blob: ${await stored.text()}`);
  return { digest, size };
}

function sha256(pieces: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return `sha256:${hash.digest('hex')}`;
}
