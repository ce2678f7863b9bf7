import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../runtime-error.ts';
import { readTar } from './read-tar.ts';

async function archiveOf(members: readonly { readonly name: string; readonly body: string }[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, body } of members) tar.entry({ name }, body);
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function* cutUp(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(source: AsyncIterable<Uint8Array>): Promise<{ name: string; body: string }[]> {
  const members = [];
  for await (const member of readTar(source, 'test')) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of member.body()) chunks.push(chunk);
    members.push({ name: member.name, body: Buffer.concat(chunks).toString() });
  }
  return members;
}

describe('readTar', () => {
  it('reads the members whatever chunks they come in', async () => {
    const name = fc.stringMatching(/^[a-z]{1,20}(\/[a-zé]{1,60}){0,4}$/);
    const members = fc.array(fc.record({ name, body: fc.string({ maxLength: 2_000 }) }), { maxLength: 5 });
    const property = fc.asyncProperty(members, fc.integer({ min: 1, max: 1_500 }), async (written, size) => {
      expect(await read(cutUp(await archiveOf(written), size))).toEqual(written);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('reads long names of GNU tar, and sizes in base 256', async () => {
    const header = (name: string, type: string, size: Buffer): Buffer => {
      const block = Buffer.alloc(512);
      block.write(name, 0);
      size.copy(block, 124);
      block.write(type, 156);
      block.write('ustar  ', 257);
      block.fill(' ', 148, 156);
      block.write(
        `${block
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, '0')}\0`,
        148,
      );
      return block;
    };
    const long = 'n'.repeat(300);
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size[11] = 3;
    const pad = (text: string): Buffer => Buffer.concat([Buffer.from(text)], 512);
    const bytes = [header('L', 'L', Buffer.from('00000000454')), pad(long), header('x', '0', size), pad('abc')];
    expect(await read(cutUp(Buffer.concat([...bytes, Buffer.alloc(1024)]), 700))).toEqual([
      { name: long, body: 'abc' },
    ]);
  });

  it('never throws anything but its own error, whatever is changed', async () => {
    const archive = await archiveOf([{ name: 'é'.repeat(90), body: 'some text' }]);
    const changes = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 8 });
    const property = fc.asyncProperty(changes, fc.nat(archive.length), async (at, length) => {
      const bytes = Buffer.from(archive);
      for (const [index, value] of at) bytes[index] = value;
      try {
        await read(cutUp(bytes.subarray(0, length), 512));
      } catch (error) {
        expect(error).toBeInstanceOf(RuntimeError);
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });
});
