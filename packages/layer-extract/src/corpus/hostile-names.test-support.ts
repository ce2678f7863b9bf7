import { endOfArchive, paxHeader, rawEntry } from '../layer.test-support.ts';
import { type HostileLayer, joined, repeated, zeros } from './hostile-layer.test-support.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const refused = (path: string): string => `problem ${path.length > 40 ? `${path.slice(0, 40)}…` : path}`;

function named(name: string | Uint8Array): () => Uint8Array[] {
  return () => [rawEntry({ name, body: 'x' }), endOfArchive];
}

/** A GNU long name of `length` bytes in front of a file. */
function* longName(length: number, byte = 'n'): Generator<Uint8Array> {
  yield rawEntry({ name: '././@LongLink', type: 'L', size: length }).subarray(0, 512);
  yield* repeated(length, Buffer.from(byte));
  yield* zeros((512 - (length % 512)) % 512);
  yield Buffer.concat([rawEntry({ name: 'short', body: 'x' }), endOfArchive]);
}

function paxNamed(name: string | Uint8Array): () => Uint8Array[] {
  return () => [paxHeader('path', name), rawEntry({ name: 'short', body: 'x' }), endOfArchive];
}

/** Every level of a deep directory as an entry, each by a pax path. */
function* deepDirectories(depth: number): Generator<Uint8Array> {
  for (let level = 1; level <= depth; level++) {
    const path = `${'d/'.repeat(level)}`;
    yield Buffer.concat([paxHeader('path', path), rawEntry({ name: 'd/', type: '5' })]);
  }
  yield Buffer.concat([
    paxHeader('path', `${'d/'.repeat(depth)}file`),
    rawEntry({ name: 'f', body: 'x' }),
    endOfArchive,
  ]);
}

/** Names that leave the root, cannot be, or mean something else, and whiteouts in every odd form. */
export const hostileNames: readonly HostileLayer[] = [
  ...layers([
    [
      'name-parent',
      'a path that leaves the root is reported and never used',
      named('../etc/passwd'),
      [refused('../etc/passwd')],
    ],
    [
      'name-parent-inside',
      'a path that leaves the root after going in',
      named('a/../../etc/passwd'),
      [refused('a/../../etc/passwd')],
    ],
    ['name-parent-harmless', '`..` that stays inside is resolved by name', named('a/b/../c'), ['file a/c 1 = x']],
    ['name-parent-backslash', 'a backslash separates nothing', named('..\\..\\etc'), ['file ..\\..\\etc 1 = x']],
    ['name-absolute', 'a leading slash means the root of the image', named('/etc/passwd'), ['file etc/passwd 1 = x']],
    ['name-slashes', 'any number of slashes is one', named('//etc////passwd'), ['file etc/passwd 1 = x']],
    ['name-dots', '`./` and `/./` mean nothing', named('./a/././b'), ['file a/b 1 = x']],
    ['name-three-dots', 'three dots are a name like any other', named('.../...'), ['file .../... 1 = x']],
    ['name-root-file', 'a file in the place of the root', named('./'), [refused('./')]],
    ['name-empty', 'a file without a name', named(''), [refused('')]],
    ['name-nul-pax', 'a zero byte in a pax path', paxNamed('etc/passwd\0.txt'), [refused('etc/passwd\0.txt')]],
    [
      'name-nul-gnu',
      'a zero byte ends a GNU long name',
      () => [
        rawEntry({ name: '././@LongLink', type: 'L', body: 'good\0bad' }),
        rawEntry({ name: 's', body: 'x' }),
        endOfArchive,
      ],
      ['file good 1 = x'],
    ],
    [
      'name-latin-1',
      'bytes that are no UTF-8 keep different names different',
      () => [
        rawEntry({ name: Buffer.from('caf\xe9', 'latin1') }),
        rawEntry({ name: Buffer.from('caf\xe8', 'latin1') }),
        endOfArchive,
      ],
      ['file caf\u{10fee9} 0 = ', 'file caf\u{10fee8} 0 = '],
    ],
    [
      'name-overlong-utf-8',
      'a slash in overlong UTF-8 is no slash',
      named(Buffer.from([0x2e, 0x2e, 0xc0, 0xaf, 0x61])),
      ['file ..\u{10fec0}\u{10feaf}a 1 = x'],
    ],
    [
      'name-surrogate',
      'a UTF-16 surrogate in UTF-8 is three bytes without meaning',
      named(Buffer.from([0xed, 0xa0, 0x80])),
      ['file \u{10feed}\u{10fea0}\u{10fe80} 1 = x'],
    ],
    [
      'name-newline',
      'line ends and escape sequences in a name are data',
      named('a\n\x1b[2J'),
      ['file a\n\x1b[2J 1 = x'],
    ],
    [
      'name-255-bytes',
      'a name as long as the ustar fields can hold',
      () => [paxHeader('path', 'n'.repeat(255)), rawEntry({ name: 's', body: 'x' }), endOfArchive],
      [`file ${'n'.repeat(40)}… 1 = x`],
    ],
    [
      'name-64-kib-gnu',
      'a GNU long name of 64 KiB is longer than a path can be',
      () => longName(65_536),
      [refused('n'.repeat(65_536))],
    ],
    ['name-1-mib-gnu', 'a GNU long name above the limit for headers', () => longName(MiB), ['error LIMIT_EXCEEDED']],
    ['name-1-gib-gnu', 'a GNU long name of 1 GiB is not read', () => longName(GiB), ['error LIMIT_EXCEEDED']],
    [
      'name-slashes-64-kib',
      'a name of 64 KiB of slashes is the root',
      () => longName(65_536, '/'),
      [refused('/'.repeat(65_536))],
    ],
    [
      'name-parents-64-kib',
      'a name of `../` again and again',
      () => [paxHeader('path', '../'.repeat(20_000)), rawEntry({ name: 's' }), endOfArchive],
      [refused('../'.repeat(20_000))],
    ],
    [
      'name-deep',
      'a path of 1 000 directories is deeper than the limit',
      paxNamed(`${'d/'.repeat(1000)}f`),
      [refused('d/'.repeat(1000))],
    ],
    [
      'directories-1000-deep',
      'directories in directories: 256 are used, the deeper ones reported',
      () => deepDirectories(1000),
      ['directory × 256', 'problem × 745'],
    ],
    [
      'directory-slash',
      'slashes behind a directory',
      () => [rawEntry({ name: 'd///', type: '5' }), endOfArchive],
      ['directory d'],
    ],
    ['file-slash', 'a file stays a file where its name ends in a slash', named('f/'), ['file f 1 = x']],
    [
      'directory-v7',
      'without a type, a slash at the end makes a directory',
      () => [rawEntry({ name: 'd/', type: '\0' }), endOfArchive],
      ['directory d'],
    ],
    [
      'duplicates',
      'the same path a thousand times',
      () => joined(repeated(1000, rawEntry({ name: 'same', body: 'x' })), endOfArchive),
      ['file × 1000'],
    ],
    [
      'duplicate-kinds',
      'a path as file, directory and link in turn',
      () => [
        rawEntry({ name: 'p', body: 'x' }),
        rawEntry({ name: 'p/', type: '5' }),
        rawEntry({ name: 'p', type: '2', linkName: 'q' }),
        rawEntry({ name: 'p/below' }),
        endOfArchive,
      ],
      ['file p 1 = x', 'directory p', 'symlink p -> q', 'file p/below 0 = '],
    ],
    ['whiteout-nested', 'a whiteout below a whiteout', named('.wh.a/.wh.b'), ['whiteout .wh.a/b']],
    ['whiteout-of-whiteout', 'a whiteout of a whiteout', named('a/.wh..wh.b'), []],
    ['whiteout-empty', 'a whiteout without a name', named('a/.wh.'), [refused('a/.wh.')]],
    [
      'whiteout-dot',
      'whiteouts of `.` and `..`',
      () => [rawEntry({ name: 'a/.wh..' }), rawEntry({ name: 'a/.wh...' }), endOfArchive],
      [refused('a/.wh..'), refused('a/.wh...')],
    ],
    ['whiteout-parent', 'a whiteout that leaves the root', named('../.wh.etc'), [refused('../.wh.etc')]],
    ['whiteout-root', 'the root itself made opaque', named('.wh..wh..opq'), ['opaque ', 'problem .wh..wh..opq']],
    [
      'whiteout-directory',
      'a directory with the name of a whiteout',
      () => [rawEntry({ name: '.wh.d/', type: '5' }), endOfArchive],
      ['whiteout d'],
    ],
    ['whiteout-aufs', 'bookkeeping of aufs is no content', named('.wh..wh.plnk/1.2'), ['problem .wh..wh.plnk/1.2']],
    [
      'whiteout-50000',
      '50 000 whiteouts',
      () => joined(repeated(50_000, rawEntry({ name: '.wh.gone' })), endOfArchive),
      ['whiteout × 50000'],
    ],
  ]),
];

type Row = readonly [string, string, HostileLayer['bytes'], readonly string[]];

function layers(rows: readonly Row[]): HostileLayer[] {
  return rows.map(([name, tests, bytes, expected]) => ({ name, tests, bytes, expected }));
}
