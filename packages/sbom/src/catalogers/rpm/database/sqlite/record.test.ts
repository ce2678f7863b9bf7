import { describe, expect, it } from 'vitest';
import { SbomError } from '../../../../sbom-error.ts';
import { accessTo, toArray } from '../../read-rpm-database.test-support.ts';
import { createBlockReader } from '../block-reader.ts';
import { readRecord, readVarint } from './record.ts';
import { checkpoint, writeSqlite } from './sqlite.test-support.ts';
import { openSqlitePages } from './sqlite-pages.ts';
import { tableRows } from './table-rows.ts';

describe('readVarint', () => {
  it.each([
    ['00', 0],
    ['7f', 127],
    ['8100', 128],
    ['ff7f', 16_383],
    ['818000', 16_384],
    ['81808080808080807f', 2 ** 57 + 127],
  ])('reads %s', (text, value) => {
    const bytes = Buffer.from(text, 'hex');
    expect(readVarint(bytes, 0)).toEqual({ value, end: bytes.length });
  });

  it('refuses one that the bytes end in', () => {
    expect(() => readVarint(Buffer.from([0x80]), 0)).toThrow(SbomError);
    expect(() => readVarint(Buffer.alloc(8, 0x80), 0)).toThrow(SbomError);
  });
});

describe('readRecord', () => {
  it('gives the columns that SQLite wrote', async () => {
    const rows = [
      [null, 0, 1, -1],
      [127, -128, 128, -32_768],
      [2 ** 23 - 1, -(2 ** 23), 2 ** 31 - 1, -(2 ** 31)],
      [2 ** 47 - 1, -(2 ** 47), 2 ** 53 - 1, -(2 ** 53 - 1)],
      [0.5, -1e300, '', 'ünï€'],
      [new Uint8Array(0), new Uint8Array([1, 2]), 'x'.repeat(10_000), new Uint8Array(10_000).fill(3)],
    ];
    const { database } = writeSqlite((sqlite) => {
      sqlite.exec('CREATE TABLE t (a, b, c, d)');
      const insert = sqlite.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
      for (const row of rows) insert.run(...row);
      checkpoint(sqlite);
    });
    const pages = await openSqlitePages(createBlockReader(accessTo(database)));
    const fail = (problem: unknown) => expect.fail(String(problem));
    // The only table begins on the second page.
    const found = tableRows(pages!, {
      root: 2,
      maxRowBytes: 1e6,
      spend: () => undefined,
      tooLarge: fail,
      damaged: fail,
    });
    const read = (await toArray(found)).map(readRecord);
    expect(
      read.map((row) => row.map((value) => (value instanceof Uint8Array ? new Uint8Array(value) : value))),
    ).toEqual(rows);
  });

  it.each(['05', '0207', '0304', '021f'])('refuses %s, which ends before its columns', (text) => {
    expect(() => readRecord(Buffer.from(text, 'hex'))).toThrow(SbomError);
  });
});
