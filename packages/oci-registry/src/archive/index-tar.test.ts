import { Readable } from 'node:stream';
import fc from 'fast-check';
import { extract, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { buildTar } from '../testing.ts';
import { type TarMember, tarMembers } from './index-tar.ts';
import { ChunkReader } from './sequential-reader.ts';

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function indexed(bytes: Uint8Array, chunkSize: number = bytes.length): Promise<TarMember[]> {
  const members: TarMember[] = [];
  for await (const member of tarMembers(new ChunkReader(chunked(bytes, Math.max(1, chunkSize))), 'test'))
    members.push(member);
  return members;
}

/** The member by which GNU tar says what the next one is called (`L`) or points to (`K`). */
async function longText(type: string, text: string): Promise<Buffer> {
  const tar = await buildTar([{ path: '././@LongLink', content: `${text}\0` }]);
  tar.write(type, 156, 'latin1');
  tar.fill(' ', 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  // Without the end of the archive.
  return tar.subarray(0, -1024);
}

/** What tar-stream sees, as the members it has of our kinds. */
async function oracle(bytes: Buffer): Promise<readonly (readonly [string, string, string])[]> {
  const seen: (readonly [string, string, string])[] = [];
  const parser = Readable.from([bytes]).pipe(extract());
  for await (const entry of parser) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) chunks.push(chunk as Uint8Array);
    const { name, type, linkname } = entry.header;
    if (type !== 'directory') seen.push([name, String(linkname ?? ''), Buffer.concat(chunks).toString('latin1')]);
  }
  return seen;
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z0-9][a-z0-9./-]{0,20}[a-z0-9]$/),
  fc.stringMatching(/^[a-z0-9]{90,99}\/[a-z0-9]{60,150}$/),
  fc.stringMatching(/^[éü日][a-z]{1,200}$/),
);
const entries = fc.array(
  fc.oneof(
    fc.record({ path: name, content: fc.uint8Array({ maxLength: 1500 }) }),
    fc.record({ path: name, type: fc.constantFrom('symlink' as const, 'link' as const), target: name }),
    fc.record({ path: name, type: fc.constant('directory' as const) }),
  ),
  { maxLength: 8 },
);

describe('tarMembers', () => {
  it('sees what tar-stream sees, however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 2000 }), async (list, chunkSize) => {
        const bytes = await buildTar(list);
        const members = await indexed(bytes, chunkSize);
        const ours = members.map(({ name, target, offset, size }) => [
          name,
          target,
          bytes.toString('latin1', offset, offset + size),
        ]);
        expect(ours).toEqual(await oracle(bytes));
      }),
      { numRuns: 60 },
    );
  });

  it('reads pax headers for names', async () => {
    const packer = pack();
    packer.entry({ name: 'a', pax: { path: 'pax/name', comment: 'x=y' } }, 'body');
    packer.finalize();
    const chunks: Uint8Array[] = [];
    for await (const chunk of packer) chunks.push(chunk as Uint8Array);
    expect(await indexed(Buffer.concat(chunks))).toMatchObject([{ name: 'pax/name', size: 4 }]);
  });

  it('reads the long names and targets that GNU tar puts before a member', async () => {
    const [name, target] = ['n'.repeat(300), 't'.repeat(600)];
    const before = await Promise.all([longText('L', name), longText('K', target)]);
    const link = await buildTar([{ path: 'short', type: 'symlink', target: 'short' }]);
    expect(await indexed(Buffer.concat([...before, link]))).toMatchObject([{ name, target, kind: 'symlink' }]);
    const huge = await longText('L', 'n'.repeat(300_000));
    await expect(indexed(Buffer.concat([huge, link]))).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('fails in its own words on any bytes, and ends', async () => {
    const valid = await buildTar([
      { path: 'a'.repeat(150), content: 'x'.repeat(700) },
      { path: 'b', type: 'symlink', target: 'a' },
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
        fc.nat(),
        async (edits, cut) => {
          const bytes = Buffer.from(valid.subarray(0, 1 + (cut % valid.length)));
          for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
          try {
            await indexed(bytes, 100);
          } catch (error) {
            expect(error).toMatchObject({ code: 'ARCHIVE_INVALID' });
          }
        },
      ),
    );
  });
});
