/** Bytes of a tar block. */
const blockBytes = 512;
/** Largest size that eleven octal digits write. */
const maxOctalSize = 0o77777777777;

/** Bytes that fill content up to the end of its last block. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);
}

/** What ends an archive: two empty blocks. */
export const tarEnd: Uint8Array = new Uint8Array(2 * blockBytes);

function writeSize(header: Buffer, size: number): void {
  if (size <= maxOctalSize) {
    header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    return;
  }
  // Numbers too large for octal stand in binary, as GNU tar and Go write them.
  header.writeBigUInt64BE(BigInt(size), 128);
  header.writeUInt8(0x80, 124);
}

function headerBlock(name: string, size: number, type: '0' | '5' | 'x'): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 100, 'latin1');
  header.write(type === '5' ? '0000755\0' : '0000644\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  writeSize(header, size);
  header.write('00000000000\0', 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** `LENGTH path=NAME\n`, where the length counts itself (POSIX pax, "pax Extended Header"). */
function paxRecord(name: string): Buffer {
  const rest = ` path=${name}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, 'latin1');
}

/**
 * The header of a member of a tar archive (POSIX ustar, with pax for long names): owned by root, made in 1970, so that the
 * same content always gives the same archive.
 *
 * @param name in ASCII; one that ends with a slash is a directory
 * @param size in bytes
 */
export function createTarHeader(name: string, size: number): Uint8Array {
  const type = name.endsWith('/') ? '5' : '0';
  if (name.length <= 100) return headerBlock(name, size, type);
  const record = paxRecord(name);
  const extended = [headerBlock('pax_header', record.length, 'x'), record, tarPadding(record.length)];
  return Buffer.concat([...extended, headerBlock(name.slice(0, 100), size, type)]);
}
