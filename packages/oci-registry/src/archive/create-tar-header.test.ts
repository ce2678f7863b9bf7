import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { createTarHeader, tarEnd, tarPadding } from './create-tar-header.ts';

interface Member {
  readonly name: string;
  readonly size: number | undefined;
  readonly type: string | null | undefined;
  readonly content: string;
}

async function readTar(bytes: Uint8Array): Promise<Member[]> {
  const tar = extract();
  Readable.from([bytes]).pipe(tar as unknown as NodeJS.WritableStream);
  const members: Member[] = [];
  for await (const entry of tar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    const { name, size, type } = entry.header;
    members.push({ name, size, type, content: Buffer.concat(chunks).toString() });
  }
  return members;
}

const member = (name: string, content: string): Uint8Array => {
  const bytes = Buffer.from(content);
  return Buffer.concat([createTarHeader(name, bytes.length), bytes, tarPadding(bytes.length)]);
};

describe('the header of a member', () => {
  it('is read by others: files, directories, empty ones, long names', async () => {
    const long = `blobs/sha512/${'a'.repeat(128)}`;
    const whole = 'x'.repeat(512);
    const archive = [
      createTarHeader('blobs/', 0),
      member('oci-layout', '{}'),
      member(long, 'long'),
      member(`blobs/${'b'.repeat(94)}`, whole),
      member('empty', ''),
      tarEnd,
    ];
    expect(await readTar(Buffer.concat(archive))).toEqual([
      { name: 'blobs/', size: 0, type: 'directory', content: '' },
      { name: 'oci-layout', size: 2, type: 'file', content: '{}' },
      { name: long, size: 4, type: 'file', content: 'long' },
      { name: `blobs/${'b'.repeat(94)}`, size: 512, type: 'file', content: whole },
      { name: 'empty', size: 0, type: 'file', content: '' },
    ]);
  });

  it.each([8 ** 11 - 1, 8 ** 11, 2 ** 40 + 7])('tells a size of %s bytes', async (size) => {
    const tar = extract();
    const told = new Promise((resolve) => tar.on('entry', (header) => resolve(header.size)));
    tar.write(Buffer.from(createTarHeader('large', size)));
    expect(await told).toBe(size);
    tar.destroy();
  });
});
