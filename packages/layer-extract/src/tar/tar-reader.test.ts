import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExtractLimits, withDefaultLimits } from '../extract-limits.ts';
import { chunksOf, endOfArchive, packTar, paxHeader, rawEntry, trackedSource } from '../layer.test-support.ts';
import { resealed } from './resealed.test-support.ts';
import type { TarEntry } from './tar-entry.ts';
import { TarReader } from './tar-reader.ts';

type Read = Omit<TarEntry, 'body'> & { readonly content: string };

async function contentOf({ body }: TarEntry): Promise<string> {
  const chunks: Uint8Array[] = [];
  for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function readerOf(bytes: Uint8Array, limits?: Partial<ExtractLimits>, chunk = 700): TarReader {
  return new TarReader(trackedSource(bytes, { chunk }).source, withDefaultLimits(limits));
}

async function readTar(bytes: Uint8Array, limits?: Partial<ExtractLimits>, chunk?: number): Promise<Read[]> {
  return await readEntries(readerOf(bytes, limits, chunk));
}

async function readEntries(reader: TarReader): Promise<Read[]> {
  const entries: Read[] = [];
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    const { body, ...header } = entry;
    entries.push({ ...header, content: await contentOf(entry) });
  }
  return entries;
}

async function namesOf(bytes: Uint8Array): Promise<string[]> {
  return (await readTar(bytes)).map(({ name }) => name);
}

describe('TarReader', () => {
  it('reads every type of entry', async () => {
    const bytes = await packTar([
      { name: 'dir', type: 'directory', mode: 0o1777 },
      { name: 'file', content: 'hello', mode: 0o4755, mtime: new Date(1_700_000_000_000) },
      { name: 'long', type: 'contiguous-file', content: 'x'.repeat(5000) },
      { name: 'soft', type: 'symlink', linkname: '../file' },
      { name: 'hard', type: 'link', linkname: 'file' },
      { name: 'pipe', type: 'fifo' },
      { name: 'null', type: 'character-device' },
    ]);
    expect(await readTar(bytes)).toMatchObject([
      { type: 'directory', name: 'dir', mode: 0o1777, size: 0 },
      { type: 'file', name: 'file', mode: 0o4755, mtime: 1_700_000_000, content: 'hello', offset: 512 },
      { type: 'file', name: 'long', content: 'x'.repeat(5000) },
      { type: 'symlink', name: 'soft', linkName: '../file' },
      { type: 'hardlink', name: 'hard', linkName: 'file' },
      { type: 'special', name: 'pipe' },
      { type: 'special', name: 'null' },
    ]);
  });

  it('gives the same at any chunk boundary, bodies read or not', async () => {
    const entries = Array.from({ length: 30 }, (_, index) => ({
      name: `${'deep/'.repeat(index)}file-${index}`,
      content: String(index).repeat(index * 97),
    }));
    const bytes = await packTar(entries);
    const expected = entries.map(({ name, content }) => ({ name, content }));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 7 }), async (chunk, every) => {
        const reader = readerOf(bytes, {}, chunk);
        for (const [index, want] of expected.entries()) {
          const entry = await reader.next();
          expect(entry?.name).toBe(want.name);
          if (index % every === 0) expect(await contentOf(entry!)).toBe(want.content);
          else if (index % every === 1) await entry!.body.read();
        }
        expect(await reader.next()).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  }, 30_000);

  it('applies owner, time, size and names of pax headers', async () => {
    const pax = { uid: '3000000', gid: '4000000', mtime: '1700000000.75', path: 'ünï/path' };
    expect(await readTar(await packTar([{ name: 'x', content: 'body', pax }]))).toMatchObject([
      { name: 'ünï/path', uid: 3_000_000, gid: 4_000_000, mtime: 1_700_000_000, content: 'body' },
    ]);
  });

  it('takes nonsense in numbers for zero', async () => {
    const pax = { uid: 'root', mtime: 'NaN', gid: '-5' };
    expect(await readTar(await packTar([{ name: 'x', pax }]))).toMatchObject([{ uid: 0, gid: 0, mtime: 0 }]);
  });

  it('keeps names apart that are no UTF-8', async () => {
    const name = (last: number): Buffer => Buffer.concat([Buffer.from('caf'), Buffer.from([last])]);
    const bytes = Buffer.concat([rawEntry({ name: name(0xe9) }), rawEntry({ name: name(0xe8) }), endOfArchive]);
    expect(new Set(await namesOf(bytes)).size).toBe(2);
  });

  it('reads GNU long names and links', async () => {
    const long = `${'n'.repeat(150)}/é`;
    const bytes = Buffer.concat([
      rawEntry({ name: '././@LongLink', type: 'L', body: `${long}\0` }),
      rawEntry({ name: '././@LongLink', type: 'K', body: `${long}-target\0` }),
      rawEntry({ name: 'short', type: '2', linkName: 'short' }),
      endOfArchive,
    ]);
    expect(await readTar(bytes)).toMatchObject([{ name: long, linkName: `${long}-target` }]);
  });

  it('marks unknown entries', async () => {
    const bytes = Buffer.concat([rawEntry({ name: 'volume', type: 'V' }), rawEntry({ name: 'plain' }), endOfArchive]);
    expect((await readTar(bytes)).map(({ type }) => type)).toEqual(['unknown', 'file']);
  });

  it('keeps what the header says where a pax record or a long name is empty', async () => {
    const bytes = Buffer.concat([
      ...['path', 'size', 'mtime'].flatMap((key) => [paxHeader(key, ''), rawEntry({ name: key, body: 'body' })]),
      ...[rawEntry({ name: '././@LongLink', type: 'L', body: '\0' }), rawEntry({ name: 'short', body: 'body' })],
      endOfArchive,
    ]);
    const content = 'body';
    expect(await readTar(bytes)).toMatchObject(['path', 'size', 'mtime', 'short'].map((name) => ({ name, content })));
  });

  it('takes nothing from a global pax header, nor over it, as runtimes do', async () => {
    const own = paxHeader('path', 'before');
    const global = resealed(paxHeader('path', 'everywhere'), { 156: 'g' });
    const bytes = Buffer.concat([own, global, rawEntry({ name: 'a' }), rawEntry({ name: 'b' }), endOfArchive]);
    expect(await namesOf(bytes)).toEqual(['a', 'b']);
    expect(await namesOf(Buffer.concat([global, endOfArchive]))).toEqual([]);
    await expect(readTar(bytes, { entries: 2 })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const malformed = resealed(rawEntry({ name: 'g', body: 'no record' }), { 156: 'g' });
    await expect(readTar(malformed)).rejects.toMatchObject({ code: 'TAR_INVALID' });
  });

  it('reads a header of Unix v7, which has no magic and marks a directory by its slash alone', async () => {
    const old = (name: string): Buffer => resealed(rawEntry({ name }), { 156: '\0', 257: '\0'.repeat(8) });
    expect(await readTar(Buffer.concat([old('etc/'), old('etc/motd'), endOfArchive]))).toMatchObject([
      { type: 'directory', name: 'etc/' },
      { type: 'file', name: 'etc/motd' },
    ]);
  });

  it('tells a prefix behind the magic of GNU from the times that stand there', async () => {
    const gnu = { 257: 'ustar  \0' };
    const prefixed = resealed(rawEntry({ name: 'b' }), { ...gnu, 345: 'usr/lib/a' });
    const timed = resealed(rawEntry({ name: 'c' }), { ...gnu, 345: '14512345670\x0014512345670\0' });
    expect(await namesOf(Buffer.concat([prefixed, timed, endOfArchive]))).toEqual(['usr/lib/a/b', 'c']);
  });

  it('takes an archive without an end marker, without the last padding, or without anything', async () => {
    const entry = rawEntry({ name: 'a', body: 'content' });
    expect(await namesOf(entry)).toEqual(['a']);
    expect(await readTar(entry.subarray(0, 519))).toMatchObject([{ name: 'a', content: 'content' }]);
    expect(await namesOf(Buffer.alloc(0))).toEqual([]);
  });
});

describe('end of the archive', () => {
  const entry = rawEntry({ name: 'a', body: 'content' });

  it.each([1, 100, 512, 4096, 100_000])(
    'ignores and notes what stands behind the marker, in chunks of %i',
    async (chunk) => {
      const behind = [rawEntry({ name: 'hidden' }), Buffer.alloc(3000, 'garbage')];
      for (const bytes of behind) {
        const archive = Buffer.concat([entry, endOfArchive, bytes]);
        const { source, log } = trackedSource(archive, { chunk });
        const reader = new TarReader(source, withDefaultLimits({}));
        expect((await readEntries(reader)).map(({ name }) => name)).toEqual(['a']);
        expect(reader.trailingData).toBe(2048);
        expect(log.finished).toBe(true);
      }
    },
  );

  it('says nothing of padding, however much there is', async () => {
    const reader = readerOf(Buffer.concat([entry, Buffer.alloc(3_000_000)]), { headerBytes: 4096 }, 65_536);
    expect(await readEntries(reader)).toHaveLength(1);
    expect(reader.trailingData).toBeUndefined();
  });

  it('ends at a single block of zeros, where runtimes refuse the archive', async () => {
    const reader = readerOf(Buffer.concat([entry, Buffer.alloc(512), rawEntry({ name: 'hidden' }), endOfArchive]));
    expect((await readEntries(reader)).map(({ name }) => name)).toEqual(['a']);
    expect(reader.trailingData).toBe(1536);
  });

  it('ends also where a partial block follows the marker', async () => {
    expect(await namesOf(Buffer.concat([entry, Buffer.alloc(700)]))).toEqual(['a']);
  });
});

describe('bad archives', () => {
  it('reports what is no header, with its offset', async () => {
    const bytes = Buffer.concat([rawEntry({ name: 'a' }), Buffer.alloc(512, 'x')]);
    await expect(readTar(bytes)).rejects.toMatchObject({ code: 'TAR_INVALID', offset: 512 });
    await expect(readTar(Buffer.from('{"json":true}'.repeat(100)))).rejects.toMatchObject({ code: 'TAR_INVALID' });
  });

  it('reports an archive that is cut in a header, an extended header or a body', async () => {
    const bytes = Buffer.concat([
      rawEntry({ name: 'a' }),
      paxHeader('path', 'b'),
      rawEntry({ name: 'b', body: 'body' }),
    ]);
    for (const length of [100, 700, 1100, 1536, 1700, 2050]) {
      await expect(readTar(bytes.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({ code: 'TRUNCATED' });
    }
  });

  it('reports a cut body to who reads it, and again when asked for more', async () => {
    const reader = readerOf(rawEntry({ name: 'a', body: 'x'.repeat(5000) }).subarray(0, 3000));
    const entry = await reader.next();
    await expect(contentOf(entry!)).rejects.toMatchObject({ code: 'TRUNCATED' });
    await expect(reader.next()).rejects.toMatchObject({ code: 'TRUNCATED' });
  });

  it.each(['1', '2', '3', '6'])('takes no body for an entry of type %s, whatever its size says', async (type) => {
    const next = rawEntry({ name: 'next' });
    const bytes = Buffer.concat([rawEntry({ name: 'l', type, linkName: 't', size: 512 }), next, endOfArchive]);
    expect(await readTar(bytes)).toMatchObject([
      { name: 'l', size: 0 },
      { name: 'next', offset: 512 },
    ]);
  });

  it('stops at an extended header without an end', async () => {
    const endless = rawEntry({ name: 'p', type: 'x', size: 3_000_000 });
    async function* source(): AsyncGenerator<Uint8Array> {
      yield endless;
      for (;;) yield Buffer.alloc(65_536, 'x');
    }
    const reader = new TarReader(source(), withDefaultLimits({}));
    await expect(reader.next()).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', message: /headerBytes/ });
    await reader.close();
    const declared = rawEntry({ name: 'p', type: 'x', size: 5_000_000 });
    await expect(readTar(declared)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('stops at extended headers one after the other without an entry', async () => {
    const one = paxHeader('comment', 'c'.repeat(3000));
    const bytes = Buffer.concat(Array.from({ length: 20 }, () => one));
    await expect(readTar(bytes, { headerBytes: 16_384 })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('stops at the limit of entries', async () => {
    const bytes = await packTar([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    await expect(readTar(bytes, { entries: 2 })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: /entries 2/,
    });
    expect(await readTar(bytes, { entries: 3 })).toHaveLength(3);
  });

  it('never throws anything but its own errors, whatever the bytes', async () => {
    const valid = await packTar([
      { name: 'a', content: 'x'.repeat(900) },
      { name: 'b', pax: { path: 'long' } },
    ]);
    const change = fc.record({ at: fc.nat(valid.byteLength - 1), to: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(valid);
        for (const { at, to } of changes) bytes[at] = to;
        const error: unknown = await readTar(bytes).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(TAR_INVALID|TRUNCATED|LIMIT_EXCEEDED)$/) });
        }
      }),
      { numRuns: 300 },
    );
  }, 30_000);

  it('passes on the error of its source', async () => {
    const failure = new Error('connection reset');
    const { source } = trackedSource(rawEntry({ name: 'a', body: 'x'.repeat(3000) }), { failure, chunk: 512 });
    await expect(readEntries(new TarReader(source, withDefaultLimits({})))).rejects.toBe(failure);
  });
});

describe('leaving a TarReader', () => {
  it('closes the source, also in the middle of a body', async () => {
    const bytes = rawEntry({ name: 'a', body: 'x'.repeat(50_000) });
    const { source, log } = trackedSource(bytes, { chunk: 512 });
    const reader = new TarReader(source, withDefaultLimits({}));
    const entry = await reader.next();
    await entry!.body.read();
    await reader.close();
    expect(entry!.body.gone).toBe(true);
    expect(entry!.body.peek?.(1)).toBeUndefined();
    expect(log).toMatchObject({ closed: true, finished: false });
    expect([...chunksOf(bytes, 512)].length).toBeGreaterThan(log.pulled);
  });
});
