import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { verifyContent } from './verify-content.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) return;
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('verifyContent', () => {
  it('passes the promised bytes on, in whatever chunks they come', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), sizes, fc.boolean(), async (bytes, cuts, long) => {
        const promised = { digest: digestOf(bytes, long ? 'sha512' : 'sha256'), size: bytes.length };
        expect(await collect(verifyContent(chunked(bytes, cuts), promised, 'test'))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('does not copy', async () => {
    const bytes = Buffer.from('same');
    for await (const chunk of verifyContent(chunked(bytes, []), { digest: digestOf(bytes), size: 4 }, 'test')) {
      expect(chunk.buffer).toBe(bytes.buffer);
    }
  });

  it('stops at the first byte too many, and lets go of the source', async () => {
    let released = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(10);
      } finally {
        released = true;
      }
    }
    const seen: number[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of verifyContent(endless(), { digest: digestOf(Buffer.alloc(25)), size: 25 }, 'test')) {
        seen.push(chunk.length);
      }
    };
    await expect(read()).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    expect(seen).toEqual([10, 10]);
    expect(released).toBe(true);
  });

  it('tells too few bytes from other bytes', async () => {
    const bytes = Buffer.from('content');
    const promise = { digest: digestOf(bytes), size: bytes.length };
    const short = verifyContent(chunked(bytes.subarray(1), []), promise, 'test');
    const other = verifyContent(chunked(Buffer.from('c0ntent'), []), promise, 'test');
    await expect(collect(short)).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    await expect(collect(other)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
  });

  it('refuses a digest of another form before reading anything', () => {
    expect(() => verifyContent(chunked(Buffer.alloc(1), []), { digest: 'md5:0', size: 1 }, 'test')).toThrow(
      expect.objectContaining({ code: 'DIGEST_INVALID' }),
    );
  });
});
