import { endOfArchive, paxHeader, rawEntry } from '../layer.test-support.ts';
import { type HostileLayer, joined, repeated, resealed, zeros } from './hostile-layer.test-support.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const small = rawEntry({ name: 'a', body: 'x' });
const file = 'file a 1 = x';

const archive =
  (...parts: readonly Uint8Array[]): (() => Uint8Array[]) =>
  () => [...parts, endOfArchive];
/** A file whose size field holds these bytes. */
const sized = (field: Uint8Array): Uint8Array => resealed(small, (header) => header.fill(0, 124, 136).set(field, 124));
const base256 = (...bytes: readonly number[]): Buffer => Buffer.from([...Array(12 - bytes.length).fill(0), ...bytes]);
const pax = (body: string): Buffer => rawEntry({ name: 'PaxHeaders/a', type: 'x', body });
const typed = (type: string, size?: number): Buffer =>
  rawEntry({ name: 'a', type, ...(size && { size }) }).subarray(0, 512);

/** A GNU sparse header whose map goes on, in blocks that each say it goes on. */
function* endlessSparseMap(): Generator<Uint8Array> {
  yield resealed(rawEntry({ name: 'a', type: 'S' }), (header) => {
    header[482] = 1;
  });
  const block = Buffer.alloc(512);
  block[504] = 1;
  yield* repeated(20_000, block);
}

/** Numbers, checksums, extended headers and the form of the archive as a whole. */
export const hostileHeaders: readonly HostileLayer[] = [
  ...layers([
    ['size-negative', 'a negative size in base 256', archive(sized(Buffer.alloc(12, 0xff))), ['error TAR_INVALID']],
    [
      'size-base-256',
      'a size of one in base 256',
      archive(sized(Buffer.from([0x80, ...base256(1).subarray(1)]))),
      [file],
    ],
    [
      'size-2-to-63',
      'a size of 2 to the power of 63',
      archive(sized(Buffer.from([0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]))),
      ['error TAR_INVALID'],
    ],
    [
      'size-8-eib',
      'a size just below the largest safe integer, and no body',
      archive(sized(Buffer.from([0x80, 0, 0, 0, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]))),
      ['file a 9007199254740990', 'error TRUNCATED'],
    ],
    ['size-letters', 'letters in the size field', archive(sized(Buffer.from('zzzzzzzzzzzz'))), ['error TAR_INVALID']],
    [
      'size-minus',
      'a minus sign in the size field',
      archive(sized(Buffer.from('-0000000001\0'))),
      ['error TAR_INVALID'],
    ],
    ['size-spaces', 'a size padded with spaces', archive(sized(Buffer.from('          1 '))), [file]],
    [
      'size-beyond-end',
      'a body longer than the archive',
      archive(rawEntry({ name: 'a', size: 5000 })),
      ['file a 5000', 'error TRUNCATED'],
    ],
    ['checksum-wrong', 'a checksum that does not fit', archive(flipped(148)), ['error TAR_INVALID']],
    ['checksum-zero', 'a checksum of nothing', archive(flipped(148, 6)), ['error TAR_INVALID']],
    [
      'checksum-signed',
      'a checksum of signed bytes, as old writers made it',
      archive(signedChecksum()),
      ['file \u{10fee9} 0 = '],
    ],
    [
      'header-noise',
      'a block of noise in the place of a header',
      archive(Buffer.alloc(512, 0xa5)),
      ['error TAR_INVALID'],
    ],
    [
      'mode-huge',
      'mode, owner and time with every bit set',
      archive(resealed(small, (header) => header.fill(0xff, 100, 124).fill(0xff, 136, 148))),
      [file],
    ],
    [
      'pax-300-mib',
      'a pax header of 300 MiB is not read',
      () => joined(typed('x', 300 * MiB), zeros(300 * MiB), endOfArchive),
      ['error LIMIT_EXCEEDED'],
    ],
    [
      'pax-8-gib-claimed',
      'a pax header that claims 8 GiB and has none',
      archive(typed('x', 8 * GiB - 1)),
      ['error LIMIT_EXCEEDED'],
    ],
    [
      'pax-global-300-mib',
      'a global pax header of 300 MiB',
      () => joined(typed('g', 300 * MiB), zeros(300 * MiB), endOfArchive),
      ['error LIMIT_EXCEEDED'],
    ],
    ['pax-many-records', 'a pax header of 100 000 records', archive(pax('6 k=v\n'.repeat(100_000)), small), [file]],
    [
      'pax-many-headers',
      '100 000 pax headers in front of one entry',
      () => joined(repeated(100_000, paxHeader('k', 'v')), small, endOfArchive),
      ['error LIMIT_EXCEEDED'],
    ],
    ['pax-length-zero', 'a record of length 0', archive(pax('0 k=v\n'), small), ['error TAR_INVALID']],
    ['pax-length-negative', 'a record of negative length', archive(pax('-6 k=v\n'), small), ['error TAR_INVALID']],
    ['pax-length-beyond', 'a record longer than its header', archive(pax('99 k=v\n'), small), ['error TAR_INVALID']],
    [
      'pax-length-huge',
      'a length of 64 KiB of digits',
      archive(pax(`${'9'.repeat(65_536)} k=v\n`), small),
      ['error TAR_INVALID'],
    ],
    ['pax-no-equals', 'a record without an equals sign', archive(pax('6 kkv\n'), small), ['error TAR_INVALID']],
    [
      'pax-size',
      'a size in a pax header is what counts',
      archive(paxHeader('size', '1'), sized(Buffer.from('00000077777\0'))),
      [file],
    ],
    [
      'pax-size-negative',
      'a negative size in a pax header',
      archive(paxHeader('size', '-1'), small),
      ['error TAR_INVALID'],
    ],
    ['pax-size-fraction', 'a size with a fraction', archive(paxHeader('size', '1.5'), small), ['error TAR_INVALID']],
    [
      'pax-size-huge',
      'a size of 400 digits',
      archive(paxHeader('size', '9'.repeat(400)), small),
      ['error TAR_INVALID'],
    ],
    ['pax-mtime-odd', 'a time that is no number', archive(paxHeader('mtime', 'yesterday'), small), [file]],
    [
      'pax-global-path',
      'a path for all entries is not used',
      archive(
        resealed(paxHeader('path', 'evil'), (header) => header.write('g', 156)),
        small,
      ),
      [file],
    ],
    ['pax-at-the-end', 'a pax header with nothing behind it', archive(paxHeader('path', 'b')), ['error TRUNCATED']],
    [
      'gnu-name-twice',
      'two long names: the last one counts',
      archive(
        rawEntry({ name: 'L', type: 'L', body: 'first' }),
        rawEntry({ name: 'L', type: 'L', body: 'second' }),
        small,
      ),
      ['file second 1 = x'],
    ],
    ['sparse-map-endless', 'a GNU sparse map that never ends', endlessSparseMap, ['error TAR_INVALID']],
    [
      'sparse-map-negative',
      'a GNU sparse map of noise',
      archive(resealed(rawEntry({ name: 'a', type: 'S' }), (header) => header.fill(0xff, 386, 482))),
      ['error TAR_INVALID'],
    ],
    [
      'sparse-pax-claims',
      'a pax sparse map that claims a million pieces',
      archive(
        pax('22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n33 GNU.sparse.realsize=99999999\n'),
        rawEntry({ name: 'a', body: '1000000\n' }),
      ),
      ['error TAR_INVALID'],
    ],
    [
      'devices',
      'devices and fifos are events and nothing else',
      archive(typed('3'), typed('4'), typed('6')),
      ['special a', 'special a', 'special a'],
    ],
    [
      'device-sized',
      'a device that claims a body has none',
      archive(typed('3', 8 * GiB - 1), small),
      ['special a', file],
    ],
    [
      'directory-sized',
      'a directory that claims a body has none',
      archive(typed('5', 4096), small),
      ['directory a', file],
    ],
    [
      'type-unknown',
      'entries of types nobody knows',
      archive(rawEntry({ name: 'a', type: 'Z', body: 'zzz' }), small),
      ['problem a', file],
    ],
    ['type-contiguous', 'a contiguous file is a file', archive(rawEntry({ name: 'a', type: '7', body: 'x' })), [file]],
    ['archive-empty', 'two blocks of zeros', archive(), []],
    ['archive-of-zeros', '64 MiB of zeros', () => zeros(64 * MiB), []],
    ['archive-no-end', 'an archive without blocks of zeros', () => [small], [file]],
    ['archive-one-zero-block', 'an archive with one block of zeros', () => [small, Buffer.alloc(512)], [file]],
    [
      'archive-concatenated',
      'two archives, one behind the other',
      archive(small, endOfArchive, rawEntry({ name: 'b' })),
      [file, 'problem '],
    ],
    [
      'archive-zero-block-inside',
      'one block of zeros between two entries',
      archive(small, Buffer.alloc(512), rawEntry({ name: 'b' })),
      [file, 'problem '],
    ],
    [
      'archive-garbage',
      'bytes behind the end are reported',
      () => [small, endOfArchive, Buffer.from('garbage')],
      [file, 'problem '],
    ],
    ['archive-padding-cut', 'the padding of the last entry is missing', () => [small.subarray(0, 513)], [file]],
    ['archive-header-cut', 'half a header', () => [small, small.subarray(0, 300)], [file, 'error TRUNCATED']],
    [
      'archive-text',
      'a text file in the place of an archive',
      () => [Buffer.from('not an archive\n'.repeat(100))],
      ['error TAR_INVALID'],
    ],
    [
      'archive-zip',
      'a zip file in the place of an archive',
      () => [Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(996, 7)])],
      ['error TAR_INVALID'],
    ],
    [
      'entries-50000',
      '50 000 empty entries',
      () => joined(repeated(50_000, rawEntry({ name: 'a' })), endOfArchive),
      ['file × 50000'],
    ],
    [
      'entries-limit',
      'more entries than the limit',
      () => joined(repeated(20_000, rawEntry({ name: 'a' })), endOfArchive),
      ['file × 10000', 'error LIMIT_EXCEEDED'],
      { entries: 10_000 },
    ],
  ]),
];

type Row = readonly [string, string, HostileLayer['bytes'], readonly string[], HostileLayer['limits']?];

function layers(rows: readonly Row[]): HostileLayer[] {
  return rows.map(([name, tests, bytes, expected, limits = {}]) => ({ name, tests, bytes, expected, limits }));
}

function flipped(at: number, length = 1): Buffer {
  const changed = Buffer.from(small);
  changed.fill('7', at, at + length);
  return changed;
}

function signedChecksum(): Buffer {
  const block = rawEntry({ name: Buffer.from([0xe9]) });
  const sum = Number.parseInt(block.toString('latin1', 148, 154), 8) - 256;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
