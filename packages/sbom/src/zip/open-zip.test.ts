import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bufferAccess } from '../analyze/retained-content.ts';
import { SbomError } from '../sbom-error.ts';
import { openZip, type ZipArchive } from './open-zip.ts';
import { countingAccess, makeZip, type TestZipOptions, zipOf } from './zip.test-support.ts';

const megabyte = 1024 * 1024;

const opened = async (bytes: Uint8Array): Promise<ZipArchive> => {
  const archive = await openZip(bufferAccess(bytes));
  if (archive === undefined) throw new Error('no archive');
  return archive;
};

const textOf = async (archive: ZipArchive, index: number): Promise<string> => {
  const entry = archive.entries[index];
  return entry === undefined ? 'none' : Buffer.from(await archive.read(entry, megabyte)).toString();
};

const failure = async (archive: ZipArchive, index = 0, max = megabyte): Promise<{ code: string; message: string }> => {
  const entry = archive.entries[index];
  if (entry === undefined) throw new Error('no entry');
  try {
    await archive.read(entry, max);
  } catch (error) {
    if (error instanceof SbomError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was read');
};

describe('openZip', () => {
  it('reads stored and compressed entries', async () => {
    const archive = await opened(
      makeZip([
        { name: 'a.txt', content: 'stored', stored: true },
        { name: 'dir/', stored: true },
        { name: 'dir/ü.txt', content: 'x'.repeat(300_000) },
      ]),
    );
    expect(archive.entries.map(({ name, size }) => [name, size])).toEqual([
      ['a.txt', 6],
      ['dir/', 0],
      ['dir/ü.txt', 300_000],
    ]);
    expect(await textOf(archive, 0)).toBe('stored');
    expect(await textOf(archive, 2)).toBe('x'.repeat(300_000));
  });

  it.each([
    ['a launcher in front', { prefix: '#!/bin/sh\nexec java -jar "$0"\n' }],
    ['a comment', { comment: 'made by hand' }],
    ['a comment that looks like an end record', { comment: `PK\x05\x06${'\0'.repeat(30)}` }],
    ['bytes behind it', { suffix: 'signature PK\x05\x06' }],
    ['zip64 fields', { zip64: true }],
    ['zip64 fields and a launcher in front', { zip64: true, prefix: 'JM\x01\x00' }],
  ])('reads an archive with %s', async (_, options: TestZipOptions) => {
    const archive = await opened(
      makeZip(
        [
          { name: 'a', content: 'first' },
          { name: 'b', content: 'second' },
        ],
        options,
      ),
    );
    expect(archive.prefix).toBe(options.prefix?.length ?? 0);
    expect(await textOf(archive, 1)).toBe('second');
  });

  it('keeps wanted entries only, and says how many there are', async () => {
    const archive = await openZip(bufferAccess(zipOf({ 'a.class': '', 'b.jar': '', 'c.class': '' })), {
      wanted: (name) => name.endsWith('.jar'),
    });
    expect(archive).toMatchObject({ entryCount: 3, entries: [{ name: 'b.jar' }] });
  });

  it('finds no archive in other files, and none in an empty one', async () => {
    expect(await openZip(bufferAccess(new Uint8Array(0)))).toBeUndefined();
    expect(await openZip(bufferAccess(Buffer.from('Rar!'.repeat(100))))).toBeUndefined();
    expect(await openZip(bufferAccess(Buffer.from(`${'x'.repeat(50)}PK\x05\x06${'\xff'.repeat(18)}`, 'latin1')))).toBe(
      undefined,
    );
    expect(await openZip(bufferAccess(makeZip([])))).toMatchObject({ entries: [], entryCount: 0 });
  });

  it('reads the directory of a large archive without the rest of it', async () => {
    const access = countingAccess(makeZip([{ name: 'big', content: Buffer.alloc(5 * megabyte), stored: true }]));
    await openZip(access);
    expect(access.readBytes).toBeLessThan(100_000);
  });

  it('reads 100 000 entries, and stops at its limits', async () => {
    const bytes = makeZip(Array.from({ length: 100_000 }, (_, index) => ({ name: `c${index}.class`, stored: true })));
    expect((await opened(bytes)).entryCount).toBe(100_000);
    expect(await openZip(bufferAccess(bytes), { maxEntries: 1000, wanted: () => false })).toMatchObject({
      ...{ entryCount: 1000, entries: [], defect: { code: 'too-large', reason: 'more than 1000 entries' } },
    });
    const few = await openZip(bufferAccess(bytes), { maxWanted: 10 });
    expect(few?.entries.length).toBe(10);
    expect(few?.defect).toEqual({ code: 'too-large', reason: 'more than 10 wanted entries' });
  });

  it('keeps what stands before a broken part of the directory', async () => {
    const bytes = zipOf({ 'a.txt': 'a', 'b.txt': 'b' });
    bytes.write('XX', bytes.lastIndexOf('PK\x01\x02', undefined, 'latin1'), 'latin1');
    const archive = await opened(bytes);
    expect(archive.defect?.code).toBe('malformed');
    expect(await textOf(archive, 0)).toBe('a');
  });

  it('stops when it is told to', async () => {
    const reason = new Error('enough');
    const opening = openZip(bufferAccess(zipOf({ a: '' })), { signal: AbortSignal.abort(reason) });
    await expect(opening).rejects.toBe(reason);
  });
});

describe('reading an entry', () => {
  it('accepts no more bytes than the caller does', async () => {
    const archive = await opened(zipOf({ a: 'x'.repeat(1000) }));
    expect(await failure(archive, 0, 999)).toEqual({
      ...{ code: 'FILE_TOO_LARGE', message: '[FILE_TOO_LARGE] a: 1000 bytes, the limit is 999' },
    });
  });

  it.each([
    ['more than it states', { stated: { size: 10 } }, 'a: more than its 10 bytes'],
    ['less than it states', { stated: { size: 5000 } }, 'a: 1000 bytes instead of 5000'],
    ['another checksum', { stated: { crc32: 1 } }, 'a: its checksum is wrong'],
    ['a size no file can have', { stated: { compressedSize: 900 } }, 'a: its compressed data is broken'],
    ['a length beyond the archive', { stated: { compressedSize: 1500 } }, 'a: it ends outside the archive'],
    ['far more bytes than it needs', { stated: { compressedSize: 100_000 } }, 'a: 100000 bytes compressed for 1000'],
    ['a password', { flags: 1 }, 'a: it is encrypted'],
    ['a method of its own', { method: 14 }, 'a: compressed by method 14'],
  ])('refuses one with %s', async (_, lie, reason) => {
    const entry = { name: 'a', content: 'x'.repeat(1000), ...lie };
    const { code, message } = await failure(await opened(makeZip([entry])));
    if (reason.endsWith('is broken')) return expect(code).toBe('MALFORMED');
    expect([code, message]).toEqual(['MALFORMED', `[MALFORMED] ${reason}`]);
  });

  it('refuses a long stream that is broken, and of a long name says no more than the beginning', async () => {
    const bytes = zipOf({ ['n'.repeat(5000)]: Buffer.alloc(400_000, 'abc') });
    bytes.fill(0xff, 5100, 5200);
    const { message } = await failure(await opened(bytes));
    expect(message.length).toBeLessThan(300);
    expect(message).toMatch(/^\[MALFORMED\] n{200}…: /);
  });

  it('refuses entries that share their bytes', async () => {
    const bomb = { name: 'kernel', content: 'x'.repeat(10_000) };
    const archive = await opened(
      makeZip([bomb, { ...bomb, name: 'again', sameAs: 0 }, { name: 'fine', content: 'y' }]),
    );
    expect((await failure(archive, 0)).message).toContain('shares bytes');
    expect((await failure(archive, 1)).message).toContain('shares bytes');
    expect(await textOf(archive, 2)).toBe('y');
  });

  it('refuses one that is not where the directory says', async () => {
    const bytes = zipOf({ a: 'text' });
    bytes.write('XX', 0);
    expect((await failure(await opened(bytes))).message).toContain('no entry where the directory says');
    const away = zipOf({ a: 'text' });
    away.writeUInt32LE(0x7fffffff, away.indexOf('PK\x01\x02', 0, 'latin1') + 42);
    expect((await failure(await opened(away))).message).toContain('begins outside the archive');
  });

  it('shows a stored entry as a window on the archive', async () => {
    const inner = zipOf({ 'in.txt': 'inside' });
    const archive = await opened(
      makeZip([
        { name: 'i.zip', content: inner, stored: true },
        { name: 'd', content: 'd' },
      ]),
    );
    const [stored, compressed] = archive.entries;
    const window = stored && (await archive.window(stored));
    expect(window?.size).toBe(inner.length);
    expect(await window?.read(inner.length - 1, 100)).toHaveLength(1);
    const nested = window && (await openZip(window));
    expect(nested && (await textOf(nested, 0))).toBe('inside');
    expect(compressed && (await archive.window(compressed))).toBeUndefined();
    const cut = await opened(makeZip([{ name: 'a', stored: true, stated: { compressedSize: 5000, size: 5000 } }]));
    await expect(cut.entries[0] && cut.window(cut.entries[0])).rejects.toThrow('ends outside the archive');
  });

  it('throws nothing but its own error, whatever is in the file', async () => {
    const seeds = [
      zipOf({ 'a/b': 'text', c: 'x'.repeat(500) }),
      makeZip([{ name: 'a', content: 'b', stored: true }], { zip64: true, prefix: 'pp' }),
    ];
    const mutation = fc.tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutation, fc.uint8Array({ maxLength: 300 })), async (input) => {
        const bytes = input instanceof Uint8Array ? input : Buffer.from(input[0]);
        if (!(input instanceof Uint8Array)) for (const [at, value] of input[1]) bytes[at % bytes.length] = value;
        const archive = await openZip(bufferAccess(bytes));
        for (const entry of archive?.entries ?? []) {
          try {
            const content = await archive?.read(entry, 10_000);
            expect(content?.length).toBeLessThanOrEqual(10_000);
            await archive?.window(entry);
          } catch (error) {
            expect(error).toBeInstanceOf(SbomError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
