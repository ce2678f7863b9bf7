import { createWriteStream, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { runTool } from './run-tool.ts';

/** What overlayfs needs to be told in a lower directory; paths are relative to it. */
export interface OverlayMarkers {
  readonly whiteouts: readonly string[];
  readonly opaque: readonly string[];
}

/** Puts overlayfs's markers into a directory. Node writes neither devices nor attributes, GNU tar unpacks both. */
export async function writeOverlayMarkers(directory: string, { whiteouts, opaque }: OverlayMarkers): Promise<void> {
  const archive = pack();
  const file = `${directory}.markers.tar`;
  const written = pipeline(archive, createWriteStream(file));
  for (const name of opaque) {
    archive.entry({ name: `${name}/`, type: 'directory', pax: { 'SCHILY.xattr.trusted.overlay.opaque': 'y' } });
  }
  for (const name of whiteouts) archive.entry({ name, type: 'character-device', devmajor: 0, devminor: 0 });
  archive.finalize();
  await written;
  await runTool('tar', ['-x', '-f', file, '-C', directory, '--xattrs', '--xattrs-include=trusted.*']);
}

/** Mounts lower directories, the lowest first, read-only. Disposing unmounts. */
export async function mountOverlay(lower: readonly string[], target: string): Promise<AsyncDisposable> {
  await mkdir(target, { recursive: true });
  const options = `ro,lowerdir=${lower.toReversed().join(':')}`;
  await runTool('mount', ['-t', 'overlay', 'overlay', '-o', options, target]);
  return { [Symbol.asyncDispose]: async () => void (await runTool('umount', [target])) };
}

/** One thing in a tree: `directory`, `-> target` of a link, or the content of a file. */
export type TreeNode = string;

/** What is at a path below `root`, no link followed on the way; undefined where nothing is. */
export function entryAt(root: string, path: string): Stats | undefined {
  let at = root;
  let found = lstatSync(root);
  for (const name of path.split('/')) {
    if (!found.isDirectory()) return undefined;
    at = join(at, name);
    const next = lstatSync(at, { throwIfNoEntry: false });
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

/** Everything below a directory, by path; links are not followed. */
export function readTree(root: string, path = '', tree = new Map<string, TreeNode>()): Map<string, TreeNode> {
  for (const name of readdirSync(join(root, path))) {
    const child = path === '' ? name : `${path}/${name}`;
    const found = lstatSync(join(root, child), { throwIfNoEntry: false });
    // A whiteout in a directory that only one layer has: overlayfs lists its name, and denies it when asked for it.
    if (found === undefined) continue;
    if (found.isDirectory()) {
      tree.set(child, 'directory');
      readTree(root, child, tree);
    } else if (found.isSymbolicLink()) tree.set(child, `-> ${readlinkSync(join(root, child))}`);
    else tree.set(child, readFileSync(join(root, child), 'utf8'));
  }
  return tree;
}

const follower = String.raw`
use strict;
while (my $root = <STDIN>) {
  chomp $root;
  my @paths;
  while (my $path = <STDIN>) { chomp $path; last if $path eq "\0"; push @paths, $path; }
  my $child = fork // die $!;
  if ($child) { waitpid($child, 0); die "child: $?" if $?; next; }
  chroot $root or die "$root: $!";
  chdir '/' or die $!;
  for my $path (@paths) {
    my @found = stat "/$path";
    if (!@found) { print "-\n"; next; }
    if (-d _) { print "directory $found[1]\n"; next; }
    open my $file, '<', "/$path" or die "$path: $!";
    my $content = <$file>;
    print "$content\n";
  }
  close STDOUT;
  exit 0;
}`;

/**
 * What the kernel finds at paths, links followed, for a process whose root each `root` is: `directory` and its inode
 * number, the content of a file, or `-`. Paths must not contain line feeds.
 */
export async function followPaths(
  queries: readonly { readonly root: string; readonly paths: readonly string[] }[],
): Promise<string[][]> {
  const input = queries.map(({ root, paths }) => `${root}\n${paths.map((path) => `${path}\n`).join('')}\0\n`).join('');
  const lines = (await runTool('perl', ['-e', follower], { input })).split('\n');
  return queries.map(({ paths }) => lines.splice(0, paths.length));
}
