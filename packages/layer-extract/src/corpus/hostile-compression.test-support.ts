import { constants, crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { endOfArchive, rawEntry } from '../layer.test-support.ts';
import {
  flipped,
  gzipLayer,
  type HostileLayer,
  joined,
  repeated,
  zeros,
  zstdLayer,
} from './hostile-layer.test-support.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const smallFloor = { ratioFloorBytes: 256 * MiB };

const tar = Buffer.concat([rawEntry({ name: 'a', body: 'hello' }), endOfArchive]);
const file = 'file a 5 = hello';
const ignored = 'problem ';

const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
const emptyMember = gzipSync('');
const emptyFrame = zstdCompressSync('');

/** gzip of a file of zeros: one compressed MiB again and again, its end a lie that nobody should get to. */
function* gzipOfZeros(length: number): Generator<Uint8Array> {
  const flushed = { finishFlush: constants.Z_FULL_FLUSH };
  yield gzipHeader;
  yield deflateRawSync(rawEntry({ name: 'zeros', size: length }).subarray(0, 512), flushed);
  yield* repeated(length / MiB, deflateRawSync(Buffer.alloc(MiB), flushed));
  yield Buffer.concat([deflateRawSync(''), Buffer.alloc(8)]);
}

/** A zstd frame by hand: a window of `2 ** windowLog` and blocks that each repeat one byte 128 Ki times. */
function* zstdOfZeros(length: number, windowLog: number): Generator<Uint8Array> {
  const header = rawEntry({ name: 'zeros', size: length }).subarray(0, 512);
  yield Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3]);
  yield Buffer.concat([blockHeader(0, 512), header]);
  yield* repeated(length / 131_072, Buffer.concat([blockHeader(1, 131_072), Buffer.from([0])]));
  yield blockHeader(0, 1024, true);
  yield endOfArchive;
}

function blockHeader(type: 0 | 1 | 3, size: number, last = false): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE((last ? 1 : 0) | (type << 1) | (size << 3), 0, 3);
  return bytes;
}

function skippableFrame(size: number, content: Iterable<Uint8Array>): Iterable<Uint8Array> {
  const header = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  header.writeUInt32LE(size, 4);
  return joined(header, content);
}

function* gzipWithName(length: number): Generator<Uint8Array> {
  yield Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]);
  yield* repeated(length, Buffer.from('n'));
  yield Buffer.concat([Buffer.alloc(1), deflateRawSync(tar), trailerOf(tar)]);
}

function trailerOf(content: Buffer): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(content), 0);
  trailer.writeUInt32LE(content.byteLength, 4);
  return trailer;
}

/** Compressed layers: bombs, damage, and what stands before, between and behind the compressed data. */
export const hostileCompression: readonly HostileLayer[] = [
  ...layers(gzipLayer, [
    [
      'gzip-bomb',
      'gzip of 7 GiB of zeros stops at the ratio',
      () => gzipOfZeros(7 * GiB),
      ['file zeros 7516192768', 'error LIMIT_EXCEEDED'],
      smallFloor,
    ],
    [
      'gzip-bomb-total',
      'gzip of 7 GiB of zeros stops at the total size',
      () => gzipOfZeros(7 * GiB),
      ['file zeros 7516192768', 'error LIMIT_EXCEEDED'],
      { totalBytes: 256 * MiB },
    ],
    [
      'gzip-in-gzip',
      'gzip inside gzip is unpacked once, and what is inside is no archive',
      () => [gzipSync(gzipSync(tar, { level: 0 }))],
      ['error TAR_INVALID'],
    ],
    [
      'gzip-bomb-of-bombs',
      'gzip of gzip of 16 MiB of zeros, a thousand times: nothing unpacks the inner ones',
      () => [gzipSync(Buffer.concat(Array.from({ length: 1000 }, () => gzipSync(Buffer.alloc(16 * 1024)))))],
      ['error TAR_INVALID'],
    ],
    [
      'gzip-members-empty',
      '100 000 members without content in front of one with',
      () => joined(repeated(100_000, emptyMember), gzipSync(tar)),
      [file],
    ],
    [
      'gzip-member-per-byte',
      'each byte of the archive in a member of its own',
      () => [Buffer.concat([...tar].map((byte) => gzipSync(Buffer.from([byte]))))],
      [file],
    ],
    [
      'gzip-garbage',
      'what follows a member is ignored and reported',
      () => [gzipSync(tar), Buffer.from('garbage')],
      [file, ignored],
    ],
    [
      'gzip-members-garbage',
      'what follows many members is ignored and reported, nothing of them lost',
      () => joined(repeated(1000, emptyMember), gzipSync(tar), Buffer.from('garbage')),
      [file, ignored],
    ],
    ['gzip-padding', '64 MiB of zeros behind the last member', () => joined(gzipSync(tar), zeros(64 * MiB)), [file]],
    [
      'gzip-garbage-large',
      '64 MiB of other bytes behind the last member',
      () => joined(gzipSync(tar), repeated(64 * MiB, Buffer.from('x'))),
      [file, ignored],
    ],
    [
      'gzip-name-endless',
      'a file name of 64 MiB in the gzip header',
      () => gzipWithName(64 * MiB),
      ['error GZIP_INVALID'],
    ],
    ['gzip-name-long', 'a file name of 32 KiB in the gzip header', () => gzipWithName(32_768), [file]],
    ['gzip-reserved-flags', 'flags that RFC 1952 reserves', () => [flippedFlags()], ['error GZIP_INVALID']],
    [
      'gzip-checksum',
      'a checksum that does not fit the content',
      () => [flipped(gzipSync(tar), -5)],
      [file, 'error GZIP_INVALID'],
    ],
    [
      'gzip-length',
      'a length that does not fit the content',
      () => [flipped(gzipSync(tar), -1)],
      [file, 'error GZIP_INVALID'],
    ],
    [
      'gzip-block-type',
      'a deflate block of the reserved type',
      () => [gzipHeader, Buffer.from([7, 0, 0, 0])],
      ['error GZIP_INVALID'],
    ],
    [
      'gzip-distance',
      'a reference to bytes in front of the first',
      () => [gzipHeader, Buffer.from([0x4b, 0x04, 0x62, 0, 0])],
      ['error GZIP_INVALID'],
    ],
    [
      'gzip-header-only',
      'a blob that ends behind the gzip magic',
      () => [gzipHeader.subarray(0, 3)],
      ['error TRUNCATED'],
    ],
    [
      'gzip-second-header-cut',
      'a second member that ends inside its header',
      () => [gzipSync(tar), gzipHeader.subarray(0, 5)],
      [file, 'error TRUNCATED'],
    ],
    ['gzip-empty', 'an empty blob declared as gzip', () => [], ['error TRUNCATED']],
    [
      'gzip-declared-zstd-inside',
      'zstd declared as gzip is read as what it is',
      () => [zstdCompressSync(tar)],
      [ignored, file],
    ],
    ['gzip-declared-tar-inside', 'plain tar declared as gzip is read as what it is', () => [tar], [ignored, file]],
    [
      'gzip-declared-bzip2-inside',
      'bzip2 is refused by name',
      () => [Buffer.from('BZh91AY&SY')],
      ['error COMPRESSION_UNSUPPORTED'],
    ],
  ]),
  ...layers(zstdLayer, [
    [
      'zstd-bomb',
      'zstd of 7 GiB of zeros stops at the ratio',
      () => zstdOfZeros(7 * GiB, 20),
      ['file zeros 7516192768', 'error LIMIT_EXCEEDED'],
      smallFloor,
    ],
    [
      'zstd-window-2-gib',
      'a window of 2 GiB (--long=31) is refused before memory is taken',
      () => zstdOfZeros(MiB, 31),
      ['error LIMIT_EXCEEDED'],
    ],
    [
      'zstd-window-128-mib',
      'a window of 128 MiB (--long=27) is read; memory is taken as it fills',
      () => zstdOfZeros(16 * MiB, 27),
      ['file zeros 16777216'],
    ],
    [
      'zstd-single-segment-huge',
      'a frame without a window that claims 2 GiB of content',
      () => [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x80, 1, 0, 0])],
      ['error LIMIT_EXCEEDED'],
    ],
    [
      'zstd-frames-empty',
      '20 000 frames without content in front of one with',
      () => joined(repeated(20_000, emptyFrame), zstdCompressSync(tar)),
      [file],
    ],
    [
      'zstd-skippable-large',
      'a skippable frame of 300 MiB',
      () => joined(skippableFrame(300 * MiB, zeros(300 * MiB)), zstdCompressSync(tar)),
      [file],
    ],
    [
      'zstd-skippable-cut',
      'a skippable frame that claims 4 GiB and has none',
      () => skippableFrame(0xffff_ffff, []),
      ['error TRUNCATED'],
    ],
    [
      'zstd-skippable-only',
      'skippable frames and nothing else are an empty archive',
      () => repeated(1000, Buffer.concat([...skippableFrame(4, [Buffer.from('none')])])),
      [],
    ],
    [
      'zstd-skippable-empty-many',
      'a million empty skippable frames',
      () => joined(repeated(1_000_000, Buffer.concat([...skippableFrame(0, [])])), zstdCompressSync(tar)),
      [file],
    ],
    [
      'zstd-reserved-block',
      'a block of the reserved type',
      () => [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), blockHeader(3, 9, true), Buffer.alloc(9)],
      ['error ZSTD_INVALID'],
    ],
    [
      'zstd-block-too-large',
      'a block larger than a block may be',
      () => [
        Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]),
        blockHeader(0, 2 ** 21 - 1, true),
        Buffer.alloc(2 ** 21 - 1),
      ],
      ['error ZSTD_INVALID'],
    ],
    [
      'zstd-checksum',
      'a checksum that does not fit the content',
      () => [flipped(zstdCompressSync(tar, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }), -1)],
      ['error ZSTD_INVALID'],
    ],
    [
      'zstd-cut',
      'a frame that ends inside a block',
      () => [zstdCompressSync(tar).subarray(0, -4)],
      ['error TRUNCATED'],
    ],
    [
      'zstd-garbage',
      'what follows the last frame is ignored and reported',
      () => [zstdCompressSync(tar), Buffer.from('garbage')],
      [file, ignored],
    ],
    [
      'zstd-dictionary',
      'a frame that needs a dictionary nobody has',
      () => [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x58, 0x2a]), blockHeader(0, 0, true)],
      ['error ZSTD_INVALID'],
    ],
  ]),
];

type Row = readonly [string, string, HostileLayer['bytes'], readonly string[], HostileLayer['limits']?];

function layers(mediaType: string, rows: readonly Row[]): HostileLayer[] {
  return rows.map(([name, tests, bytes, expected, limits = {}]) => ({
    name,
    tests,
    bytes,
    expected,
    limits,
    mediaType,
  }));
}

function flippedFlags(): Buffer {
  const bytes = gzipSync(tar);
  bytes[3] = 0xe0;
  return bytes;
}
