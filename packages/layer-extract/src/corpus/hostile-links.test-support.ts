import { endOfArchive, paxHeader, rawEntry } from '../layer.test-support.ts';
import { type HostileLayer, joined, repeated } from './hostile-layer.test-support.ts';

const symlink = (name: string, linkName: string): Buffer => rawEntry({ name, type: '2', linkName });
const hardlink = (name: string, linkName: string): Buffer => rawEntry({ name, type: '1', linkName });

function archive(...entries: readonly Buffer[]): () => Uint8Array[] {
  return () => [...entries, endOfArchive];
}

function* numbered(count: number, entry: (index: number) => Buffer): Generator<Uint8Array> {
  for (let index = 0; index < count; index++) yield entry(index);
  yield endOfArchive;
}

/** Links in loops, chains and trees, links out of the root, links to nothing. */
export const hostileLinks: readonly HostileLayer[] = [
  ...layers([
    ['symlink-self', 'a symbolic link to itself', archive(symlink('a', 'a')), ['symlink a -> a']],
    [
      'symlink-loop',
      'two symbolic links to each other',
      archive(symlink('a', 'b'), symlink('b', 'a')),
      ['symlink a -> b', 'symlink b -> a'],
    ],
    [
      'symlink-below-itself',
      'a symbolic link to a path below itself',
      archive(symlink('a', 'a/a/a/a/a')),
      ['symlink a -> a/a/a/a/a'],
    ],
    [
      'symlink-parent',
      'a link to its own directory, and a path through it a thousand times',
      archive(symlink('a', '.'), symlink('b', 'a/'.repeat(45))),
      ['symlink a -> .', `symlink b -> ${'a/'.repeat(20)}…`],
    ],
    [
      'symlink-chain',
      'a chain of 10 000 links',
      () => numbered(10_000, (index) => symlink(`l${index}`, `l${index + 1}`)),
      ['symlink × 10000'],
    ],
    [
      'symlink-bomb',
      'each link twice the one before: 2 to the power of 40 steps',
      () => numbered(40, (index) => symlink(`l${index}`, `l${index + 1}/../l${index + 1}`)),
      ['symlink × 40'],
    ],
    [
      'symlink-escape',
      'links out of the root',
      archive(symlink('a', '../../../etc/passwd'), symlink('b', '/../etc')),
      ['symlink a -> ../../../etc/passwd', 'symlink b -> /../etc'],
    ],
    [
      'symlink-through',
      'a file behind a link of the same archive',
      archive(symlink('d', '/etc'), rawEntry({ name: 'd/passwd', body: 'x' })),
      ['symlink d -> /etc', 'file d/passwd 1 = x'],
    ],
    ['symlink-empty', 'a symbolic link without a target', archive(symlink('a', '')), ['problem a']],
    [
      'symlink-nul',
      'a zero byte in a pax link target',
      archive(paxHeader('linkpath', 'b\0c'), symlink('a', 'b')),
      ['problem a'],
    ],
    [
      'symlink-target-long',
      'a link target of 64 KiB',
      archive(paxHeader('linkpath', 't'.repeat(65_536)), symlink('a', 'b')),
      ['problem a'],
    ],
    [
      'symlink-sized',
      'a symbolic link that claims a body of 8 GiB has none',
      archive(rawEntry({ name: 'a', type: '2', linkName: 'b', size: 2 ** 33 - 1 })),
      ['symlink a -> b'],
    ],
    ['hardlink-self', 'a hard link to itself', archive(hardlink('a', 'a')), ['hardlink a -> a']],
    [
      'hardlink-loop',
      'two hard links to each other',
      archive(hardlink('a', 'b'), hardlink('b', 'a')),
      ['hardlink a -> b', 'hardlink b -> a'],
    ],
    ['hardlink-dangling', 'a hard link to nothing', archive(hardlink('a', 'nothing')), ['hardlink a -> nothing']],
    ['hardlink-escape', 'a hard link out of the root', archive(hardlink('a', '../etc/shadow')), ['problem a']],
    ['hardlink-root', 'a hard link to the root', archive(hardlink('a', '/')), ['problem a']],
    [
      'hardlink-directory',
      'a hard link to a directory',
      archive(rawEntry({ name: 'd/', type: '5' }), hardlink('a', 'd')),
      ['directory d', 'hardlink a -> d'],
    ],
    [
      'hardlink-chain',
      'a chain of 10 000 hard links, the last first',
      () => numbered(10_000, (index) => hardlink(`h${index}`, `h${index + 1}`)),
      ['hardlink × 10000'],
    ],
    [
      'hardlink-symlink-loop',
      'a hard link to a symbolic link to the hard link',
      archive(symlink('a', 'b'), hardlink('b', 'a')),
      ['symlink a -> b', 'hardlink b -> a'],
    ],
    [
      'link-text',
      '64 MiB of link targets pass a limit of 32',
      () =>
        joined(
          repeated(20_000, Buffer.concat([paxHeader('linkpath', 't'.repeat(4000)), symlink('a', 'b')])),
          endOfArchive,
        ),
      ['symlink × 8387', 'error LIMIT_EXCEEDED'],
      { linkTextBytes: 2 ** 25 },
    ],
  ]),
];

type Row = readonly [string, string, HostileLayer['bytes'], readonly string[], HostileLayer['limits']?];

function layers(rows: readonly Row[]): HostileLayer[] {
  return rows.map(([name, tests, bytes, expected, limits = {}]) => ({ name, tests, bytes, expected, limits }));
}
