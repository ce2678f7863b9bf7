import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { layoutImage, readDocument } from './layout-image.ts';
import { writeOciLayout } from './oci-layout.ts';
import { saveArchive } from './pushed-image.ts';
import { runTool } from './run-tool.ts';

/** A small image that runs, as files the runtimes take in. */
export interface BusyboxImage {
  /** As `docker save` writes it. */
  readonly dockerArchive: string;
  /** A tar of an OCI image layout, with the tag `latest`. */
  readonly ociArchive: string;
  readonly manifestDigest: string;
  readonly configDigest: string;
  /** Digests of the uncompressed layers, base first. */
  readonly diffIds: readonly string[];
  /** Digests of the layers as the OCI layout has them: compressed with gzip. */
  readonly layerDigests: readonly string[];
}

/** A command that lasts, for a container of the image. */
export const lastingCommand: readonly string[] = ['/bin/busybox', 'sleep', '1000'];

/** Makes an image of Debian's static busybox: one layer with the program, one with a text, one that is large. */
export async function writeBusyboxImage(directory: string, name: string): Promise<BusyboxImage> {
  await mkdir(directory, { recursive: true });
  const busybox = await readFile('/bin/busybox');
  const contents = [
    { path: 'bin/busybox', mode: 0o755, body: busybox },
    { path: 'etc/motd', mode: 0o644, body: Buffer.from('hello\n') },
    { path: 'var/large', mode: 0o644, body: Buffer.alloc(24 * 1024 * 1024, busybox) },
  ];
  const layers = [];
  for (const [index, { path, mode, body }] of contents.entries()) {
    const file = join(directory, `${index}.tar`);
    const tar = pack();
    tar.entry({ name: path, mode, mtime: new Date(0) }, body);
    tar.finalize();
    await pipeline(tar, createWriteStream(file));
    layers.push({ tar: file, createdBy: `COPY /${path}` });
  }
  const layout = join(directory, 'layout');
  await writeOciLayout(layout, 'latest', layers, 'gzip');
  const { manifestDigest, configDigest, layerDigests } = await layoutImage(layout);
  const { rootfs } = await readDocument<{ rootfs: { diff_ids: string[] } }>(layout, configDigest);
  const [dockerArchive, ociArchive] = [join(directory, 'docker.tar'), join(directory, 'oci.tar')];
  await saveArchive(layout, 'docker-archive', dockerArchive, name);
  await runTool('tar', ['-C', layout, '-cf', ociArchive, '.']);
  return { dockerArchive, ociArchive, manifestDigest, configDigest, layerDigests, diffIds: rootfs.diff_ids };
}
