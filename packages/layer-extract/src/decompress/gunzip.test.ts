import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll, trackedSource } from '../layer.test-support.ts';
import { decompress } from './decompress.ts';

interface Reading {
  readonly content: Buffer;
  readonly garbage: readonly number[];
}

async function read(bytes: Uint8Array, chunk = 65_536): Promise<Reading> {
  const garbage: number[] = [];
  const { source } = trackedSource(bytes, { chunk });
  const content = await readAll(decompress(source, { onGarbage: (offset) => garbage.push(offset) }));
  return { content, garbage };
}

/** Many small members, as eStargz has them, in front of `last`. */
function manyMembers(count: number, last: readonly Buffer[] = []): { readonly plain: Buffer; readonly gzip: Buffer } {
  const parts = [...Array.from({ length: count }, (_, index) => Buffer.from(`member ${index}; `.repeat(20))), ...last];
  return { plain: Buffer.concat(parts), gzip: Buffer.concat(parts.map((part) => gzipSync(part))) };
}

describe('gzip of many members', () => {
  it.each([2, 3, 16, 17, 18, 40, 3000])('keeps the content of %i members in front of garbage', async (count) => {
    const { plain, gzip } = manyMembers(count);
    for (const garbage of ['garbage', '\x1f', '\x1fx', '\0\0\0garbage']) {
      for (const chunk of [1, 1000, 65_536]) {
        if (count > 40 && chunk < 65_536) continue;
        const { content, garbage: offsets } = await read(Buffer.concat([gzip, Buffer.from(garbage)]), chunk);
        expect(content.equals(plain), `${count} members, ${JSON.stringify(garbage)}, chunks of ${chunk}`).toBe(true);
        expect(offsets).toEqual([gzip.byteLength + garbage.search(/[^\0]/)]);
      }
    }
  });

  it('keeps the content of large members in front of garbage', async () => {
    const large = randomBytes(700_000);
    for (const last of [[large], [large, large, large], [large, Buffer.from('small')]]) {
      const { plain, gzip } = manyMembers(200, last);
      const { content, garbage } = await read(Buffer.concat([gzip, Buffer.from('garbage'.repeat(100_000))]));
      expect(content.equals(plain)).toBe(true);
      expect(garbage).toEqual([gzip.byteLength]);
    }
  });

  it('is not led astray by content that looks like members', async () => {
    // Stored as it is, gzip inside gzip has the magic of a member where none begins.
    const inner = Buffer.concat(Array.from({ length: 2000 }, () => gzipSync(randomBytes(300))));
    const parts = Array.from({ length: 30 }, () => inner);
    const gzip = Buffer.concat(parts.map((part) => gzipSync(part, { level: 0 })));
    expect((await read(gzip)).content.equals(Buffer.concat(parts))).toBe(true);
  });

  it('never gives other content than the members have, whatever follows them', async () => {
    const member = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
    const layout = fc.record({
      parts: fc.array(member, { minLength: 1, maxLength: 60 }),
      tail: fc.uint8Array({ maxLength: 40 }).filter((bytes) => bytes[0] !== 0x1f),
      chunk: fc.integer({ min: 1, max: 3000 }),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ parts, tail, chunk }) => {
        const gzip = Buffer.concat(parts.map((part) => gzipSync(part)));
        const { content, garbage } = await read(Buffer.concat([gzip, tail]), chunk);
        expect(content.equals(Buffer.concat(parts))).toBe(true);
        const first = tail.findIndex((byte) => byte !== 0);
        expect(garbage).toEqual(first < 0 ? [] : [gzip.byteLength + first]);
      }),
      { numRuns: 100 },
    );
  });

  it('says where bad data lies, also behind thousands of members', async () => {
    const { gzip } = manyMembers(3000);
    const bad = Buffer.from(gzip);
    bad[gzip.byteLength - 6]! ^= 1;
    await expect(read(bad)).rejects.toMatchObject({ code: 'GZIP_INVALID', offset: gzip.byteLength - 8 });
    await expect(read(gzip.subarray(0, -3))).rejects.toMatchObject({ code: 'TRUNCATED', offset: gzip.byteLength - 3 });
  });

  it('keeps the error of the source, and frees it when the loop is left, among many members', async () => {
    const { gzip } = manyMembers(3000);
    const failure = new Error('digest does not match');
    const { source } = trackedSource(Buffer.concat([gzip, Buffer.from('garbage')]), { chunk: 5000, failure });
    await expect(readAll(decompress(source))).rejects.toBe(failure);
    const left = trackedSource(gzip, { chunk: 5000 });
    let chunks = 0;
    for await (const _ of decompress(left.source)) if (++chunks === 20) break;
    expect(left.log).toMatchObject({ finished: false, closed: true });
  });
});
