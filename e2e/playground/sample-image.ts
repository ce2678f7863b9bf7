import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { writeOciLayout } from '../support/oci-layout.ts';
import { runTool } from '../support/run-tool.ts';

/** The image that the playground's registry has. */
export interface SampleImage {
  /** OCI image layout with the tag `latest`. */
  readonly layout: string;
  readonly manifestDigest: string;
}

/** Writes an image of one Debian package, busybox-static: its program, and what dpkg knows of it. */
export async function writeSampleImage(directory: string): Promise<SampleImage> {
  await mkdir(directory, { recursive: true });
  const files = [
    { name: 'bin/busybox', mode: 0o755, body: await readFile('/bin/busybox') },
    { name: 'etc/os-release', mode: 0o644, body: await readFile('/etc/os-release') },
    { name: 'var/lib/dpkg/status', mode: 0o644, body: await runTool('dpkg-query', ['--status', 'busybox-static']) },
  ];
  const tar = pack();
  for (const { body, ...header } of files) tar.entry({ ...header, mtime: new Date(0) }, body);
  tar.finalize();
  const layer = join(directory, 'layer.tar');
  await pipeline(tar, createWriteStream(layer));
  const layout = join(directory, 'layout');
  return {
    layout,
    manifestDigest: await writeOciLayout(layout, 'latest', [{ tar: layer, createdBy: 'busybox-static' }], 'gzip'),
  };
}
