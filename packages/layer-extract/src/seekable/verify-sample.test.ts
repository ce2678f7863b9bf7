import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { collect } from '../layer.test-support.ts';
import { buildLayer } from '../testing/build-layer.ts';
import type { TocRow } from '../testing/chunked-archive.ts';
import { file, type LayerEntry, symlink } from '../testing/layer-entry.ts';
import { openSeekableLayer } from './open-seekable-layer.ts';
import { loggedBlob } from './seekable.test-support.ts';

const formats = ['estargz', 'zstd:chunked'] as const;

async function problemsOf(
  entries: readonly LayerEntry[],
  format: (typeof formats)[number],
  edit: (rows: TocRow[]) => TocRow[],
): Promise<{ path: string; reason: string }[]> {
  const layer = buildLayer(entries, { format, editToc: (rows) => ({ version: 1, entries: edit(rows) }) });
  const seekable = await openSeekableLayer(loggedBlob(layer));
  const events = await collect(seekable!.walk({ select: () => false, verify: 'sample', random: () => 0 }));
  return events.flatMap((event) => (event.kind === 'problem' ? [{ path: event.path, reason: event.reason }] : []));
}

const without = (name: string) => (rows: TocRow[]) => rows.filter((row) => row.name !== name);

describe('a sample of the archive', () => {
  const entries = [
    symlink('lib', 'usr/lib'),
    file('a', randomBytes(5000)),
    file('empty'),
    file('b', 'text'),
    file('z'),
  ];

  it('agrees with a table that is true', async () => {
    for (const format of formats) expect(await problemsOf(entries, format, (rows) => rows)).toEqual([]);
  });

  it('finds what the table hides at the beginning, between contents and at the end', async () => {
    for (const format of formats) {
      for (const hidden of ['lib', 'empty', 'z']) {
        expect(await problemsOf(entries, format, without(hidden))).toEqual([
          { path: hidden, reason: expect.stringMatching(/archive has this/) },
        ]);
      }
    }
  });

  it('finds a hidden file with content, which moves what follows', async () => {
    for (const format of formats) {
      const problems = await problemsOf(entries, format, without('a'));
      expect(problems).toContainEqual({ path: 'a', reason: expect.stringMatching(/archive has this file/) });
    }
  });

  it('finds a file that the table gives another name or owner', async () => {
    for (const format of formats) {
      const renamed = await problemsOf(entries, format, (rows) =>
        rows.map((row) => (row.name === 'b' ? { ...row, name: 'c' } : row)),
      );
      expect(renamed.map(({ path }) => path)).toEqual(['b', 'c']);
      const owned = await problemsOf(entries, format, (rows) =>
        rows.map((row) => (row.name === 'b' ? { ...row, uid: 7 } : row)),
      );
      expect(owned).toEqual([{ path: 'b', reason: 'the table of contents has another uid' }]);
    }
  });

  it('tells of places that cannot be read', async () => {
    for (const format of formats) {
      const problems = await problemsOf(entries, format, (rows) =>
        rows.map((row) => (row.name === 'b' ? { ...row, offset: Number(row.offset) - 3 } : row)),
      );
      expect(problems).not.toEqual([]);
    }
  });

  it('costs little of a large layer', async () => {
    const large = Array.from({ length: 200 }, (_, index) => [
      file(`f${index}`, randomBytes(30_000)),
      file(`e${index}`),
    ]);
    for (const format of formats) {
      const layer = buildLayer(large.flat(), { format });
      const blob = loggedBlob(layer, 1000);
      const seekable = await openSeekableLayer(blob);
      await collect(seekable!.walk({ verify: 'sample' }));
      const bytes = blob.requests.reduce((sum, request) => sum + request.bytes, 0);
      expect(bytes / layer.size).toBeLessThan(0.1);
      expect(blob.requests.every((request) => request.closed)).toBe(true);
    }
  }, 30_000);
});
