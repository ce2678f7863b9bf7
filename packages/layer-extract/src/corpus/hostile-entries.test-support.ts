import { constants, deflateRawSync } from 'node:zlib';
import { endOfArchive, rawEntry } from '../layer.test-support.ts';
import { gzipLayer, type HostileLayer, joined, repeated } from './hostile-layer.test-support.ts';

/** Entries of an archive that nobody means well with. */
const many = 6_000_000;

/** Empty files, each with a name of its own; the checksum is the sum of the digits and of all that stays the same. */
function* numberedEntries(count: number): Generator<Uint8Array> {
  const block = rawEntry({ name: '00000000' });
  const base = Number.parseInt(block.toString('latin1', 148, 154), 8);
  for (let index = 0; index < count; ) {
    const chunk = Buffer.allocUnsafe(128 * 512);
    for (let at = 0; at < chunk.byteLength; at += 512, index++) {
      block.copy(chunk, at);
      writeDigits(chunk, at, 8, 10, index);
      const sum = base + digitSum(index);
      writeDigits(chunk, at + 148, 6, 8, sum);
    }
    yield chunk;
  }
}

function writeDigits(chunk: Buffer, at: number, length: number, radix: number, value: number): void {
  for (let left = value, place = at + length - 1; place >= at; place--, left = Math.floor(left / radix)) {
    chunk[place] = 0x30 + (left % radix);
  }
}

function digitSum(value: number): number {
  let sum = 0;
  for (let left = value; left > 0; left = Math.floor(left / 10)) sum += left % 10;
  return sum;
}

function* gzipOfEntries(count: number): Generator<Uint8Array> {
  const thousand = Buffer.concat([...repeated(1000, rawEntry({ name: 'a' }))]);
  yield Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  yield* repeated(count / 1000, deflateRawSync(thousand, { finishFlush: constants.Z_FULL_FLUSH }));
}

const stopped = ['file × 5000000', 'error LIMIT_EXCEEDED'];

/** Entry bombs: too long for every run, so they are walked by the integration tests. */
export const hostileEntries: readonly HostileLayer[] = [
  {
    name: 'entries-5-million',
    tests: 'empty entries, each with its own name, stop at the default limit of 5 million',
    bytes: () => joined(numberedEntries(many), endOfArchive),
    indexed: false,
    expected: stopped,
  },
  {
    name: 'entries-5-million-gzip',
    tests: '6 million empty entries with one name in 15 MB of gzip',
    bytes: () => gzipOfEntries(many),
    mediaType: gzipLayer,
    indexed: false,
    expected: stopped,
  },
];
