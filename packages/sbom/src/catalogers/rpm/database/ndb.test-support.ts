import { uint32 } from '../header/rpm-header.test-support.ts';

const pageBytes = 4096;
const slotsOnPage = pageBytes / 16;

/**
 * An NDB database of these headers, each under its place in the list plus one; `undefined` leaves a free slot, as an
 * erased package does.
 */
export function writeNdb(headers: readonly (Uint8Array | undefined)[]): Buffer {
  const pages = Math.ceil((headers.length + 2) / slotsOnPage);
  const slots: Buffer[] = [];
  const blobs: Buffer[] = [];
  let block = (pages * pageBytes) / 16;
  for (const [index, header] of headers.entries()) {
    if (header === undefined) {
      slots.push(little('Slot', 0, 0, 0));
      continue;
    }
    const bytes = blob(header, index + 1);
    slots.push(little('Slot', index + 1, block, bytes.length / 16));
    blobs.push(bytes);
    block += bytes.length / 16;
  }
  while (slots.length < pages * slotsOnPage - 2) slots.push(little('Slot', 0, 0, 0));
  const head = Buffer.concat([little('RpmP', 0, 1, pages), little(headers.length + 1, 0, 0, 0)]);
  return Buffer.concat([head, ...slots, ...blobs]);
}

function blob(header: Uint8Array, packageIndex: number): Buffer {
  const padding = (16 - ((16 + header.length + 12) % 16)) % 16;
  const content = Buffer.concat([little('BlbS', packageIndex, 0, header.length), header, Buffer.alloc(padding)]);
  return Buffer.concat([content, little(adler32(content), header.length, 'BlbE')]);
}

function little(...values: readonly (number | string)[]): Buffer {
  const parts = values.map((value) => (typeof value === 'string' ? Buffer.from(value) : uint32(value).reverse()));
  return Buffer.concat(parts);
}

/** RFC 1950. */
function adler32(bytes: Uint8Array): number {
  let [first, second] = [1, 0];
  for (const byte of bytes) {
    first = (first + byte) % 65_521;
    second = (second + first) % 65_521;
  }
  return second * 65_536 + first;
}
