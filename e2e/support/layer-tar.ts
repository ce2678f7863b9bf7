import { createReadStream, createWriteStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import type { TreeEntry, TreeSnapshot } from './tree-snapshot.ts';

type Header = Parameters<Pack['entry']>[0];

/** What changed between two snapshots of a tree. */
export interface TreeChange {
  readonly before: TreeSnapshot;
  readonly after: TreeSnapshot;
  /** Directories that were removed and made again: their lower content is hidden as a whole (`.wh..wh..opq`). */
  readonly opaque?: readonly string[];
}

/**
 * Writes the layer (OCI image-spec, "Image Layer Filesystem Changeset") that leads from one state of a tree to the
 * next, as an uncompressed tar. Equal input gives equal bytes.
 *
 * @param root the tree, in its `after` state
 * @param file where the tar is written
 */
export async function writeLayerTar(root: string, change: TreeChange, file: string): Promise<void> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(file));
  const linked = new Map<string, string>();
  const opaque = new Set(change.opaque);
  for (const path of whiteouts(change, opaque)) {
    await addMarker(tar, whiteoutName(path));
  }
  for (const [path, entry] of change.after) {
    const hidden = isUnder(path, opaque);
    if (!hidden && !opaque.has(path) && isSame(change.before.get(path), entry)) continue;
    const first = entry.inode === undefined ? undefined : linked.get(entry.inode);
    if (entry.inode !== undefined && first === undefined) linked.set(entry.inode, path);
    await addTreeEntry(tar, root, path, entry, first);
    if (opaque.has(path)) await addMarker(tar, `${path}/.wh..wh..opq`);
  }
  tar.finalize();
  await written;
}

/** Paths that are gone, topmost only: what lies below them goes with them. */
function* whiteouts({ before, after }: TreeChange, opaque: ReadonlySet<string>): Iterable<string> {
  for (const path of before.keys()) {
    if (after.has(path) || isUnder(path, opaque)) continue;
    const parent = dirname(path);
    // A parent that is gone, or that is no directory any more, has taken this path along already.
    if (parent === '.' || after.get(parent)?.type === 'directory') yield path;
  }
}

function whiteoutName(path: string): string {
  const parent = dirname(path);
  return parent === '.' ? `.wh.${basename(path)}` : `${parent}/.wh.${basename(path)}`;
}

function isUnder(path: string, directories: ReadonlySet<string>): boolean {
  if (directories.size === 0) return false;
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    if (directories.has(parent)) return true;
  }
  return false;
}

function isSame(a: TreeEntry | undefined, b: TreeEntry): boolean {
  return (
    a !== undefined &&
    a.type === b.type &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.mtime === b.mtime &&
    a.linkname === b.linkname &&
    a.sha256 === b.sha256
  );
}

async function addTreeEntry(
  tar: Pack,
  root: string,
  path: string,
  entry: TreeEntry,
  hardLinkTo: string | undefined,
): Promise<void> {
  const { mode, uid, gid } = entry;
  const common = { mode, uid, gid, mtime: new Date(entry.mtime * 1000) };
  if (hardLinkTo !== undefined) {
    await addEntry(tar, { ...common, name: path, type: 'link', linkname: hardLinkTo });
  } else if (entry.type === 'file') {
    const body = tar.entry({ ...common, name: path, type: 'file', size: entry.size });
    await pipeline(createReadStream(join(root, path)), body);
  } else {
    await addEntry(tar, {
      ...common,
      name: entry.type === 'directory' ? `${path}/` : path,
      type: entry.type,
      ...(entry.linkname === undefined ? {} : { linkname: entry.linkname }),
      ...(entry.device ? { devmajor: entry.device.major, devminor: entry.device.minor } : {}),
    });
  }
}

/** An empty file: whiteouts are told by their name alone. */
async function addMarker(tar: Pack, name: string): Promise<void> {
  await addEntry(tar, { name, type: 'file', mode: 0o644, mtime: new Date(0) });
}

/** An entry without a body. */
function addEntry(tar: Pack, header: Header): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null): void => (error ? reject(error) : resolve());
    if (header.type === 'file') tar.entry(header, '', done);
    else tar.entry(header, done);
  });
}
