import { constants, deflateRawSync } from 'node:zlib';
import { endOfArchive, rawEntry } from '../layer.test-support.ts';
import { gzipLayer, type HostileLayer, joined, repeated } from './hostile-layer.test-support.ts';

/** Entries of an archive that nobody means well with. */
const many = 6_000_000;

/** Empty files, each with a name of its own: the header of the one before with its number counted up. */
function* numberedEntries(count: number): Generator<Uint8Array> {
  const block = rawEntry({ name: '00000000' });
  let sum = Number.parseInt(block.toString('latin1', 148, 154), 8);
  for (let index = 0; index < count; ) {
    const chunk = Buffer.allocUnsafe(128 * 512);
    for (let at = 0; at < chunk.byteLength; at += 512, index++) {
      chunk.set(block, at);
      sum += countUp(block);
      for (let place = 0; place < 6; place++) block[148 + place] = 0x30 + ((sum >>> (15 - 3 * place)) & 7);
    }
    yield chunk;
  }
}

/** Adds one to the digits of the name; tells by how much that changes their sum. */
function countUp(block: Buffer): number {
  let change = 1;
  let at = 7;
  for (; block[at] === 0x39; at--, change -= 9) block[at] = 0x30;
  block[at]! += 1;
  return change;
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
    expected: stopped,
  },
  {
    name: 'entries-5-million-gzip',
    tests: '6 million empty entries with one name in 15 MB of gzip',
    bytes: () => gzipOfEntries(many),
    mediaType: gzipLayer,
    expected: stopped,
  },
];
