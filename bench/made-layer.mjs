import { createCipheriv } from 'node:crypto';
import { constants, crc32, deflateRawSync } from 'node:zlib';

const segmentFiles = 64;
const fileBytes = 64 * 1024;
/** Text that each file repeats, so that inflating it is no slower than a real layer's. */
const repeatedBytes = 8 * 1024;
const chunkBytes = 64 * 1024;

/**
 * A gzip layer of about so many bytes unpacked: the same files again and again, of text that compresses to a
 * tenth. One member, whose deflate blocks are made once and repeated, so that making it costs next to nothing.
 */
export async function* madeLayer(bytes) {
  const segment = tarSegment();
  const blocks = deflateRawSync(segment, { level: 6, finishFlush: constants.Z_FULL_FLUSH });
  yield Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
  let checksum = 0;
  let length = 0;
  for (; length < bytes; length += segment.byteLength) {
    checksum = crc32(segment, checksum);
    for (let at = 0; at < blocks.byteLength; at += chunkBytes) yield blocks.subarray(at, at + chunkBytes);
  }
  const end = Buffer.alloc(1024);
  yield deflateRawSync(end);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(end, checksum), 0);
  trailer.writeUInt32LE((length + end.byteLength) % 2 ** 32, 4);
  yield trailer;
}

function tarSegment() {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16));
  const entries = [];
  for (let file = 0; file < segmentFiles; file += 1) {
    const text = cipher.update(Buffer.alloc((repeatedBytes * 3) / 4)).toString('base64');
    entries.push(tarHeader(`srv/files/${file}.txt`, fileBytes), Buffer.alloc(fileBytes, text));
  }
  return Buffer.concat(entries);
}

function tarHeader(name, size) {
  const block = Buffer.alloc(512);
  block.write(name);
  block.write('0000644\x000000000\x000000000\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\x0000000000000\0        0`, 124);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
