import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Containerd } from './containerd.ts';
import { type LayerSource, writeOciLayout } from './oci-layout.ts';
import { readTree, type TreeNode } from './overlay-mount.ts';
import type { LayerItem, LayerStackItems } from './overlay-stacks.ts';
import { runTool } from './run-tool.ts';

/** A layer's archive; the content of each file says where it comes from: layer and last name of its path. */
export function packItems(items: readonly LayerItem[], layer: number): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const item of items) {
    tar.entry({ mtime: new Date(0), ...item }, item.type === 'file' ? `${layer} ${basename(item.name)}` : '');
  }
  tar.finalize();
  return tar as AsyncIterable<Uint8Array>;
}

/**
 * Has containerd unpack a stack of layers, each into a directory of its own, and overlayfs show what a container would see.
 *
 * @param name of the image; used once
 * @returns the tree, or what containerd says where it refuses the stack
 */
export async function unpackedTree(
  containerd: Containerd,
  stack: LayerStackItems,
  name: string,
): Promise<ReadonlyMap<string, TreeNode> | string> {
  const scratch = join(containerd.directory, name);
  const target = join(scratch, 'merged');
  await mkdir(target, { recursive: true });
  const reference = `registry.example/${name}`;
  const unpacking = ['--base-name', reference, '--snapshotter', 'overlayfs'];
  try {
    await containerd.ctr('images', 'import', ...unpacking, await writeArchive(scratch, stack));
  } catch (error) {
    return (error as Error).message;
  }
  await containerd.ctr('images', 'mount', '--snapshotter', 'overlayfs', `${reference}:latest`, target);
  try {
    return readTree(target);
  } finally {
    await runTool('umount', [target]);
  }
}

async function writeArchive(scratch: string, stack: LayerStackItems): Promise<string> {
  const layers: LayerSource[] = [];
  for (const [layer, items] of stack.entries()) {
    const tar = join(scratch, `${layer}.tar`);
    await pipeline(packItems(items, layer), createWriteStream(tar));
    layers.push({ tar, createdBy: `layer ${layer}` });
  }
  const layout = join(scratch, 'layout');
  await writeOciLayout(layout, 'latest', layers, 'none');
  const archive = join(scratch, 'image.tar');
  await runTool('tar', ['-C', layout, '-cf', archive, '.']);
  return archive;
}
