import fc from 'fast-check';
import { extract, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { withDefaultLimits } from '../extract-limits.ts';
import { chunksOf, readAll } from '../layer.test-support.ts';
import { TarReader } from './tar-reader.ts';

interface Seen {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly linkName: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly content: string;
}

const typeNames: Record<string, string> = {
  ...{ file: 'file', 'contiguous-file': 'file', directory: 'directory', link: 'hardlink', symlink: 'symlink' },
  ...{ fifo: 'special', 'character-device': 'special', 'block-device': 'special' },
};

async function byTarStream(bytes: Uint8Array): Promise<Seen[]> {
  const seen: Seen[] = [];
  const parser = extract();
  parser.on('entry', (header, stream, next) => {
    readAll(stream as AsyncIterable<Uint8Array>).then((content) => {
      const { name, type, linkname, mode, uid, gid, mtime } = header;
      seen.push({
        ...{
          name,
          type: typeNames[type ?? ''],
          linkName: linkname ?? '',
          mode: mode ?? 0,
          uid: uid ?? 0,
          gid: gid ?? 0,
        },
        ...{ mtime: (mtime?.getTime() ?? 0) / 1000, content: Buffer.from(content).toString('hex') },
      });
      next();
    }, next);
  });
  const finished = new Promise<void>((resolve, reject) => parser.on('finish', () => resolve()).on('error', reject));
  parser.end(bytes);
  await finished;
  return seen;
}

async function byTarReader(bytes: Uint8Array, chunk: number): Promise<Seen[]> {
  async function* source() {
    yield* chunksOf(bytes, chunk);
  }
  const reader = new TarReader(source(), withDefaultLimits({}));
  const seen: Seen[] = [];
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    const parts: Uint8Array[] = [];
    for (let part = await entry.body.read(); part !== undefined; part = await entry.body.read()) parts.push(part);
    const { name, type, linkName, mode, uid, gid, mtime } = entry;
    seen.push({ name, type, linkName, mode, uid, gid, mtime, content: Buffer.concat(parts).toString('hex') });
  }
  return seen;
}

const name = fc
  .array(fc.stringMatching(/^[ -.0-~é世]{1,40}$/), { minLength: 1, maxLength: 12 })
  .map((names) => names.join('/'));
const header = {
  name,
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.oneof(fc.integer({ min: 0, max: 65_535 }), fc.integer({ min: 3_000_000, max: 2 ** 31 })),
  gid: fc.integer({ min: 0, max: 65_535 }),
  mtime: fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seconds) => new Date(seconds * 1000)),
};
const entry = fc.oneof(
  fc.record({ ...header, type: fc.constant('file' as const), content: fc.uint8Array({ maxLength: 2000 }) }),
  fc.record({ ...header, type: fc.constantFrom('symlink' as const, 'link' as const), linkname: name }),
  fc.record({ ...header, type: fc.constantFrom('directory' as const, 'fifo' as const, 'character-device' as const) }),
);

describe('TarReader beside tar-stream', () => {
  it('reads the same from whatever tar-stream packs, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 12 }),
        fc.integer({ min: 1, max: 6000 }),
        async (entries, chunk) => {
          const packer = pack();
          for (const item of entries) {
            if ('content' in item) {
              const { content, ...rest } = item;
              packer.entry(rest, Buffer.from(content));
            } else packer.entry(item);
          }
          packer.finalize();
          const bytes = await readAll(packer as AsyncIterable<Uint8Array>);
          expect(await byTarReader(bytes, chunk)).toEqual(await byTarStream(bytes));
        },
      ),
      { numRuns: 200 },
    );
  });
});
