import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractLimits } from '../extract-limits.ts';
import { chunksOf, endOfArchive, paxHeader, rawEntry } from '../layer.test-support.ts';
import { TarReader } from './tar-reader.ts';

const archive = Buffer.concat([
  rawEntry({ name: 'a', body: 'alpha' }),
  rawEntry({ name: 'd/', type: '5' }),
  paxHeader('path', 'long/name'),
  rawEntry({ name: 'short', body: 'x'.repeat(700) }),
  rawEntry({ name: '././@LongLink', type: 'L', body: 'longer/name\0' }),
  rawEntry({ name: 'longer', body: 'y' }),
  rawEntry({ name: 'old', type: '\0' }),
  rawEntry({ name: 'l', type: '2', linkName: 'a' }),
  endOfArchive,
]);

function readerOf(bytes: Buffer, chunk: number, limits = {}): TarReader {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* chunksOf(bytes, chunk);
  }
  return new TarReader(source(), { ...extractLimits, ...limits });
}

describe('TarReader.nextAtHand', () => {
  it('gives the entries that next gives, or leaves them to it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: archive.byteLength }), async (chunk) => {
        const reader = readerOf(archive, chunk);
        const names: string[] = [];
        for (;;) {
          const entry = reader.nextAtHand() ?? (await reader.next());
          if (entry === undefined) break;
          names.push(`${entry.type} ${entry.name} ${entry.size}`);
        }
        expect(names).toEqual([
          ...['file a 5', 'directory d/ 0', 'file long/name 700', 'file longer/name 1', 'file old 0', 'symlink l 0'],
        ]);
      }),
    );
  });

  it('waits for nothing: what is not in the chunk, or needs more than its header, is left to next', async () => {
    const reader = readerOf(archive, archive.byteLength);
    expect(reader.nextAtHand()).toBeUndefined();
    expect(await reader.next()).toMatchObject({ name: 'a' });
    expect(reader.nextAtHand()).toMatchObject({ name: 'd/', offset: 1024 });
    expect(reader.nextAtHand()).toBeUndefined();
    expect(reader.nextAtHand()).toBeUndefined();
    expect(await reader.next()).toMatchObject({ name: 'long/name' });
  });

  it('lets go of the body before it', async () => {
    const reader = readerOf(archive, archive.byteLength);
    const first = await reader.next();
    reader.nextAtHand();
    expect(first?.body.gone).toBe(true);
  });

  it('fails as next does, and the reader stays failed', async () => {
    const bad = Buffer.from(archive);
    bad[1024] = 0x58;
    for (const [bytes, limits, code] of [
      [bad, {}, 'TAR_INVALID'],
      [archive, { entries: 1 }, 'LIMIT_EXCEEDED'],
    ] as const) {
      const reader = readerOf(bytes, bytes.byteLength, limits);
      await reader.next();
      const failure = expect.objectContaining({ code, offset: 1024 });
      expect(() => reader.nextAtHand()).toThrow(failure);
      expect(reader.nextAtHand()).toBeUndefined();
      await expect(reader.next()).rejects.toEqual(failure);
    }
  });
});
