import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SbomError } from '../../sbom-error.ts';
import { writeBerkeley } from './database/berkeley/berkeley.test-support.ts';
import { writeNdb } from './database/ndb.test-support.ts';
import { checkpoint, createRpmTables, insertHeaders, writeSqlite } from './database/sqlite/sqlite.test-support.ts';
import { packageHeader } from './header/rpm-header.test-support.ts';
import { accessTo, readAll, toArray } from './read-rpm-database.test-support.ts';
import { readRpmDatabase } from './read-rpm-database.ts';

const filesOf = (index: number): string[] =>
  Array.from({ length: index === 17 ? 5000 : index }, (_, file) => `/usr/share/p${index}/file-${file}`);
const headers = Array.from({ length: 60 }, (_, index) => packageHeader({ name: `p${index}`, files: filesOf(index) }));
const names = headers.map((_, index) => `p${index}`);
const packed = (pageBytes: number): Buffer =>
  writeSqlite((database) => {
    createRpmTables(database);
    insertHeaders(database, headers);
    checkpoint(database);
  }, pageBytes).database;

const forms: readonly (readonly [name: string, write: () => Buffer])[] = [
  ['NDB', () => writeNdb(headers)],
  [
    'NDB with free slots',
    () => writeNdb(headers.flatMap((header) => [undefined, ...Array(6).fill(undefined), header])),
  ],
  ['a little-endian hash', () => writeBerkeley(headers, { kind: 'hash' })],
  ['a big-endian hash', () => writeBerkeley(headers, { kind: 'hash', littleEndian: false, pageBytes: 4096 })],
  ['a little-endian b-tree', () => writeBerkeley(headers, { kind: 'btree', pageBytes: 4096 })],
  ['a big-endian b-tree', () => writeBerkeley(headers, { kind: 'btree', littleEndian: false })],
  ['SQLite in small pages', () => packed(512)],
  ['SQLite in pages of rpm', () => packed(4096)],
  ['SQLite in the largest pages', () => packed(65_536)],
];

describe('readRpmDatabase', () => {
  it.each(forms)('reads %s', async (_, write) => {
    const { packages, problems } = await readAll(write());
    expect(problems).toEqual([]);
    expect(packages.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const pkg of packages) {
      expect(Array.from(pkg.files(), ({ path }) => path)).toEqual(filesOf(Number(pkg.name.slice(1))));
    }
  });

  it('finds nothing in an empty file, and nothing in a database without packages', async () => {
    expect(await readAll(new Uint8Array(0))).toEqual({ packages: [], problems: [] });
    for (const write of [
      () => writeNdb([]),
      () => writeBerkeley([], { kind: 'hash' }),
      () => writeSqlite(createRpmTables).database,
    ]) {
      expect((await readAll(write())).packages).toEqual([]);
    }
  });

  it('keeps little in memory: pages and one header', async () => {
    const bytes = packed(4096);
    let largest = 0;
    const access = accessTo(bytes);
    const counting = {
      size: access.size,
      read: (offset: number, length: number) => {
        largest = Math.max(largest, length);
        return access.read(offset, length);
      },
    };
    expect(await toArray(readRpmDatabase(counting))).toHaveLength(60);
    expect(largest).toBe(64 * 1024);
  });

  describe('with a log', () => {
    const half = writeSqlite((database) => {
      createRpmTables(database);
      insertHeaders(database, headers.slice(0, 30));
      checkpoint(database);
      insertHeaders(database, headers.slice(30, 40));
      database.exec("DELETE FROM 'Packages' WHERE hnum = 1");
      insertHeaders(database, headers.slice(40));
    });
    const found = async (wal: Uint8Array): Promise<string[]> => {
      const { packages, problems } = await readAll(half.database, { wal });
      expect(problems).toEqual([]);
      return packages.map(({ name }) => name);
    };

    it('sees what was committed there, and what was deleted', async () => {
      expect(await found(half.wal)).toEqual(names.slice(1));
      expect((await readAll(half.database)).packages).toHaveLength(30);
    });

    it('stops at the last commit before the log breaks', async () => {
      const torn = await found(half.wal.subarray(0, half.wal.length - 100));
      expect(torn).toEqual(names.slice(1, 40));
      const flipped = Buffer.from(half.wal);
      flipped[flipped.length - 5000] = (flipped.at(-5000) ?? 0) ^ 1;
      expect(await found(flipped)).toEqual(names.slice(1, 40));
    });

    it.each([
      ['is empty', Buffer.alloc(0)],
      ['is none', Buffer.alloc(5000, 1)],
      [
        'has a head whose checksum is wrong',
        Buffer.concat([half.wal.subarray(0, 31), Buffer.from([0]), half.wal.subarray(32)]),
      ],
      ['committed nothing', half.wal.subarray(0, 32 + 24 + 4096)],
    ])('is left alone where it %s', async (_, wal) => {
      expect(await found(wal)).toEqual(names.slice(0, 30));
    });

    it('is all there is where nothing was moved into the database yet', async () => {
      const { wal } = writeSqlite((database) => {
        createRpmTables(database);
        insertHeaders(database, headers);
      });
      expect((await readAll(new Uint8Array(0), { wal })).packages).toHaveLength(60);
    });

    it('ends with problems or packages for any change of it', async () => {
      const place = fc.oneof(fc.nat(60), fc.nat(half.wal.length - 1));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }), async (changes) => {
          const wal = Buffer.from(half.wal);
          for (const [at, value] of changes) wal[at] = value;
          // A change breaks the checksums from there on, so that what is read was written so.
          const { packages, problems } = await readAll(half.database, { wal });
          expect(problems).toEqual([]);
          expect([30, 39, 40, 59]).toContain(packages.length);
        }),
        { numRuns: 30 },
      );
    });

    it('of another page size does not belong to the database', async () => {
      const { wal } = writeSqlite((database) => {
        createRpmTables(database);
        insertHeaders(database, headers);
        checkpoint(database);
        // In place, so that the log has this page and not the first.
        database
          .prepare("UPDATE 'Packages' SET blob = ? WHERE hnum = 1")
          .run(Buffer.alloc(headers[0]?.length ?? 0, 'x'));
      }, 512);
      expect((await readAll(half.database, { wal })).problems).toMatchObject([{ code: 'malformed' }]);
    });
  });

  describe('of broken content', () => {
    it('throws where nobody takes problems, and names no more than needed', async () => {
      const read = toArray(readRpmDatabase(accessTo(Buffer.from('not a database at all'))));
      await expect(read).rejects.toThrow('[MALFORMED] rpm database: it is neither Berkeley DB nor NDB nor SQLite');
      await expect(read).rejects.toBeInstanceOf(SbomError);
    });

    it.each([
      ['an unknown file', 'malformed', () => Buffer.alloc(5000, 1)],
      ['a short file', 'malformed', () => Buffer.from('SQLite')],
      ['another NDB', 'unsupported', () => patched(writeNdb(headers), 4, 1)],
      ['an old hash', 'unsupported', () => patched(writeBerkeley(headers, { kind: 'hash' }), 16, 3)],
      ['a new b-tree', 'unsupported', () => patched(writeBerkeley(headers, { kind: 'btree' }), 16, 11)],
      ['an encrypted hash', 'unsupported', () => patched(writeBerkeley(headers, { kind: 'hash' }), 24, 1)],
      ['a hash with checksums', 'unsupported', () => patched(writeBerkeley(headers, { kind: 'hash' }), 26, 1)],
      ['a hash of odd pages', 'malformed', () => patched(writeBerkeley(headers, { kind: 'hash' }), 20, 1)],
      ['SQLite in UTF-16', 'unsupported', () => patched(packed(4096), 59, 2)],
      ['SQLite of odd pages', 'malformed', () => patched(packed(4096), 17, 1)],
      ['SQLite without packages', 'malformed', withoutPackages],
    ])('calls %s %s', async (_, code, write) => {
      const { packages, problems } = await readAll(write());
      expect(packages).toEqual([]);
      expect(problems).toMatchObject([{ code }]);
    });

    it('goes on behind a package that is broken', async () => {
      const broken = headers.map((header, index) => (index === 3 ? Buffer.from('no header at all') : header));
      for (const write of [writeNdb(broken), writeBerkeley(broken, { kind: 'hash' })]) {
        const { packages, problems } = await readAll(write);
        expect(packages).toHaveLength(59);
        expect(problems).toMatchObject([{ code: 'malformed' }]);
        expect(problems[0]?.reason).toMatch(/^rpm header: /);
      }
    });

    it('does not follow pages in circles', async () => {
      const bytes = writeBerkeley(headers, { kind: 'btree' });
      // The leaves lead back to the first of them.
      for (let page = 512; page < bytes.length; page += 512) {
        if (bytes[page + 25] === 5 && bytes.readUInt32LE(page + 16) === 0) bytes.writeUInt32LE(1, page + 16);
      }
      const { packages, problems } = await readAll(bytes);
      expect(packages.length).toBeLessThanOrEqual(60);
      expect(problems).toMatchObject([{ reason: expect.stringContaining('used twice') }]);
    });

    it('reads no byte for two packages', async () => {
      const bytes = writeNdb(headers);
      // Every slot leads to the same large package.
      for (let slot = 32; slot < 4096; slot += 16) bytes.copy(bytes, slot, 32 + 17 * 16, 32 + 18 * 16);
      const { packages, problems } = await readAll(bytes);
      expect(packages.length).toBeLessThan(5);
      expect(problems.at(-1)?.reason).toContain('more bytes than the file');
    });

    it.each(forms)('ends with problems or packages for any change of %s', async (_, write) => {
      const seed = write();
      // The heads are where numbers decide over others.
      const place = fc.oneof(fc.nat(4095), fc.nat(seed.length - 1));
      const changes = fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(changes, fc.nat(seed.length), async (list, length) => {
          const bytes = Buffer.from(seed.subarray(0, length % 3 === 0 ? length : seed.length));
          for (const [at, value] of list) if (at < bytes.length) bytes[at] = value;
          const { packages } = await readAll(bytes);
          expect(packages.length).toBeLessThan(100);
        }),
        { numRuns: 25 },
      );
    });
  });

  describe('within limits', () => {
    it.each(forms)('passes over a header that is too long in %s', async (_, write) => {
      const { packages, problems } = await readAll(write(), { limits: { headerBytes: 50_000 } });
      expect(packages).toHaveLength(59);
      expect(problems).toMatchObject([{ code: 'too-large' }]);
    });

    it('stops after so many packages', async () => {
      const { packages, problems } = await readAll(writeNdb(headers), { limits: { packages: 7 } });
      expect(packages).toHaveLength(7);
      expect(problems).toMatchObject([{ code: 'too-large', reason: 'over 7 packages, the rest was not read' }]);
    });

    it('stops after so many problems', async () => {
      const broken = headers.map(() => Buffer.from('no header at all'));
      const { problems } = await readAll(writeNdb(broken), { limits: { problems: 5 } });
      expect(problems).toHaveLength(6);
      expect(problems.at(-1)?.reason).toBe('over 5 problems, the rest was not read');
    });
  });

  it('rejects with the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const { name } of readRpmDatabase(accessTo(writeNdb(headers)), { signal: controller.signal })) {
        seen.push(name);
        controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    expect(seen).toEqual(['p0']);
  });

  it('passes errors of the file on', async () => {
    const failure = new Error('disk');
    const access = { size: 100, read: () => Promise.reject(failure) };
    const onProblem = () => undefined;
    await expect(toArray(readRpmDatabase(access, { onProblem }))).rejects.toBe(failure);
  });

  it('reads no further once its reader has left', async () => {
    let reads = 0;
    const access = accessTo(writeNdb(headers));
    const counting = {
      size: access.size,
      read(offset: number, length: number) {
        reads += 1;
        return access.read(offset, length);
      },
    };
    for await (const { name } of readRpmDatabase(counting)) if (name === 'p0') break;
    const before = reads;
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toBe(before);
    expect(reads).toBeLessThan(3);
  });
});

function withoutPackages(): Buffer {
  return writeSqlite((database) => {
    database.exec('CREATE TABLE other (a)');
    checkpoint(database);
  }).database;
}

function patched(bytes: Buffer, at: number, value: number): Buffer {
  bytes[at] = value;
  return bytes;
}
