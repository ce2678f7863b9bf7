import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EntryTable } from './entry-table.ts';
import * as keys from './path-key.ts';
import { RecordStore } from './record-store.ts';

vi.mock('./path-key.ts', { spy: true });

afterEach(() => vi.restoreAllMocks());

/** Looks at a key that building takes for each record: few, or the square of their number somewhere. */
function looksOf(table: EntryTable): { entries: Uint8Array; looks: number } {
  const compared = vi.spyOn(RecordStore.prototype, 'compareKeys');
  const read = vi.spyOn(RecordStore.prototype, 'keyByte');
  const { size } = table;
  const { entries } = table.build();
  return { entries, looks: (compared.mock.calls.length + read.mock.calls.length) / size };
}

/** The entry of a path that is no directory. */
function entryOf(path: string): Buffer {
  const entry = createHash('sha256').update(path).digest().subarray(0, 16);
  entry[15]! &= ~3;
  return entry;
}

describe('EntryTable', () => {
  it('keeps one sorted entry for each path, however many segments and repetitions there are', () => {
    const table = new EntryTable();
    const paths = Array.from({ length: 60_000 }, (_, number) => `${number % 45_000}`);
    for (const path of paths) table.add(path, 0, -1);
    const { entries } = table.build();
    const expected = [...new Set(paths)].map(entryOf).sort((a, b) => a.compare(b));
    expect(Buffer.concat(expected).equals(entries)).toBe(true);
  });

  it('knows which record has gone with its directory, across segments', () => {
    const table = new EntryTable();
    const other = table.add('other', 1, -1);
    const directory = table.add('directory', 1, -1);
    const records = Array.from({ length: 40_000 }, (_, number) =>
      number % 2 === 0 ? table.add(`other/${number}`, 0, other) : table.add(`directory/${number}`, 0, directory),
    );
    table.add('directory', 0, -1);
    const { entries, isGone } = table.build();
    expect(records.filter(isGone)).toEqual(records.filter((_, number) => number % 2 === 1));
    expect(entries.byteLength).toBe((2 + 20_000) * 16);
  });

  it('takes few steps when one path, or two in one bucket, are written again and again', () => {
    const table = new EntryTable();
    vi.mocked(keys.pathKey).mockImplementation((path) => [7, 0, 0, path === 'a' ? 4 : 8]);
    for (let number = 0; number < 10_000; number++) table.add(number % 2 === 0 ? 'a' : 'b', number % 2, -1);
    const { entries, looks } = looksOf(table);
    expect(looks).toBeLessThan(50);
    expect(Buffer.from(entries).toString('hex')).toBe(`00000007${'0'.repeat(23)}400000007${'0'.repeat(23)}9`);
  });

  it('takes few steps when somebody chose paths that share their first bits', () => {
    // What 2^18 tries for each path can do; the real hash is replaced, for the test has no time for them.
    vi.mocked(keys.pathKey).mockImplementation((path) => [7, 0, Number(path) % 1000, (Number(path) * 4) >>> 0]);
    const table = new EntryTable();
    const count = 10_000;
    for (let number = count; number > 0; number--) table.add(String(number), 0, -1);
    const { entries: bytes, looks } = looksOf(table);
    expect(looks).toBeLessThan(50);
    expect(bytes.byteLength).toBe(count * 16);
    const entries = Array.from({ length: count }, (_, index) =>
      Buffer.from(bytes.subarray(index * 16, index * 16 + 16)),
    );
    expect(entries.every((entry, index) => index === 0 || entries[index - 1]!.compare(entry) < 0)).toBe(true);
  });
});
