import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What a path of a tree is, in tar's words. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'character-device' | 'block-device' | 'fifo';

/** One path of a tree, with all that a layer would say of it. */
export interface TreeEntry {
  readonly type: EntryType;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  /** Whole seconds since 1970, which is what a tar header keeps. */
  readonly mtime: number;
  readonly linkname?: string;
  /** Hexadecimal SHA-256 of a file's content. */
  readonly sha256?: string;
  /** Equal for the names of one hard-linked file; absent where a file has one name. */
  readonly inode?: string;
  readonly device?: { readonly major: number; readonly minor: number };
}

/** A tree at one moment: paths relative to its root, without a leading slash, sorted by byte order. */
export type TreeSnapshot = ReadonlyMap<string, TreeEntry>;

/** Reads a whole tree, contents included. Sockets are left out, as tar leaves them out. */
export async function snapshotTree(root: string): Promise<TreeSnapshot> {
  const found: [string, TreeEntry][] = [];
  await collect(root, '', found);
  return new Map(found.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}

async function collect(root: string, directory: string, found: [string, TreeEntry][]): Promise<void> {
  for (const name of await readdir(join(root, directory))) {
    const path = directory === '' ? name : `${directory}/${name}`;
    const stats = await lstat(join(root, path));
    const type = entryType(stats);
    if (!type) continue;
    found.push([path, await describe(join(root, path), type, stats)]);
    if (type === 'directory') await collect(root, path, found);
  }
}

async function describe(path: string, type: EntryType, stats: Stats): Promise<TreeEntry> {
  return {
    type,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: type === 'file' ? stats.size : 0,
    mtime: Math.floor(stats.mtimeMs / 1000),
    ...(type === 'symlink' ? { linkname: await readlink(path) } : {}),
    ...(type === 'file' ? { sha256: await hash(path) } : {}),
    ...(type === 'file' && stats.nlink > 1 ? { inode: `${stats.dev}:${stats.ino}` } : {}),
    ...(type.endsWith('device') ? { device: { major: deviceMajor(stats.rdev), minor: deviceMinor(stats.rdev) } } : {}),
  };
}

function entryType(stats: Stats): EntryType | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character-device';
  if (stats.isBlockDevice()) return 'block-device';
  return stats.isFIFO() ? 'fifo' : undefined;
}

async function hash(path: string): Promise<string> {
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(path), sha256);
  return sha256.digest('hex');
}

// The layout of Linux' dev_t, of which device nodes in images only use the low bits.
function deviceMajor(rdev: number): number {
  return (rdev >> 8) & 0xfff;
}

function deviceMinor(rdev: number): number {
  return (rdev & 0xff) | ((rdev >> 12) & 0xfff00);
}
