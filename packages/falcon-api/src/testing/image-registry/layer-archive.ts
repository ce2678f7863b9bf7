import { gzipSync } from 'node:zlib';

const block = 512;

/** A tar archive with these files, each with its text; the same bytes each time. */
export function createTar(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const bytes = Buffer.from(text, 'utf8');
    return [header(path, bytes.length), bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** Compresses a layer. */
export function compressLayer(tar: Buffer): Buffer {
  const compressed = gzipSync(tar);
  // The byte that names the operating system: 255 is unknown, so that the digest is the same on each.
  compressed[9] = 255;
  return compressed;
}

/** The header of a file in POSIX ustar form, owned by root. */
function header(path: string, size: number): Buffer {
  const bytes = Buffer.alloc(block);
  const octal = (value: number, offset: number, length: number) =>
    bytes.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1');
  bytes.write(path, 0, 100, 'utf8');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write('        0', 148, 'latin1');
  bytes.write('ustar\u000000', 257, 'latin1');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return bytes;
}
