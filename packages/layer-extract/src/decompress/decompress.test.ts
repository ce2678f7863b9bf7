import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf, readAll, trackedSource } from '../layer.test-support.ts';
import { type DecompressOptions, decompress } from './decompress.ts';

const text = Buffer.from('the quick brown fox '.repeat(5000));
const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * index * 31 + (index >> 3)) & 0xff));
const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

async function decoded(bytes: Uint8Array, options: DecompressOptions & { chunk?: number } = {}): Promise<Buffer> {
  return await readAll(decompress(trackedSource(bytes, options).source, options));
}

function failure(promise: Promise<unknown>): Promise<{ code?: string }> {
  return promise.then(
    () => ({}),
    (error: { code?: string }) => error,
  );
}

/** gzip with every optional header field (RFC 1952, 2.3). */
function gzipWithAllFields(content: Buffer): Buffer {
  const plain = gzipSync(content);
  const fields = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16, 0, 0, 0, 0, 0, 3]),
    Buffer.from([4, 0]),
    Buffer.from('SG\0\0name\0comment\0', 'latin1'),
  ]);
  return Buffer.concat([fields, deflateRawSync(content), plain.subarray(-8)]);
}

describe('decompress', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['zstd with checksum', zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
    ['plain', text],
    ['gzip with all header fields', gzipWithAllFields(text)],
    ['several gzip members', Buffer.concat([gzipSync(text.subarray(0, 7)), gzipSync(''), gzipSync(text.subarray(7))])],
    ['several zstd frames', Buffer.concat([zstdCompressSync(text.subarray(0, 9)), zstdCompressSync(text.subarray(9))])],
    ['skippable frames', Buffer.concat([skippable, zstdCompressSync(text), skippable, skippable])],
    ['gzip behind which there are zeros', Buffer.concat([gzipSync(text), Buffer.alloc(5000)])],
    ['members behind which there are zeros', Buffer.concat([gzipSync(text), gzipSync(''), Buffer.alloc(5000)])],
    ['zstd behind which there are zeros', Buffer.concat([zstdCompressSync(text), Buffer.alloc(5000)])],
  ])('reads %s to the last byte of the source', async (_, bytes) => {
    const { source, log } = trackedSource(bytes, { chunk: 777 });
    const onGarbage = (): never => expect.unreachable();
    expect((await readAll(decompress(source, { onGarbage }))).equals(text)).toBe(true);
    expect(log.finished).toBe(true);
  });

  it('gives the same at any chunk boundary', async () => {
    const content = Buffer.concat([text.subarray(0, 3000), noise]);
    const half = content.subarray(0, 4000);
    const forms = [
      gzipSync(content),
      Buffer.concat([gzipSync(half), gzipSync(content.subarray(4000))]),
      Buffer.concat([skippable, zstdCompressSync(half), skippable, zstdCompressSync(content.subarray(4000))]),
      content,
    ];
    const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...forms), sizes, async (bytes, steps) => {
        async function* source(): AsyncGenerator<Uint8Array> {
          for (let at = 0, step = 0; at < bytes.byteLength; step++) {
            const size = steps[step % steps.length]!;
            yield bytes.subarray(at, at + size);
            at += size;
          }
        }
        expect((await readAll(decompress(source()))).equals(content)).toBe(true);
      }),
      { numRuns: 150 },
    );
  }, 30_000);

  it('reads one byte at a time', async () => {
    for (const bytes of [gzipSync(noise), Buffer.concat([zstdCompressSync(noise), zstdCompressSync('')])]) {
      expect((await decoded(bytes, { chunk: 1 })).equals(noise)).toBe(true);
    }
  });

  it('reads thousands of zstd frames, as zstd:chunked has them', async () => {
    const frame = zstdCompressSync('0123456789');
    const bytes = Buffer.concat(Array.from({ length: 3000 }, () => frame));
    expect((await decoded(bytes, { chunk: 65_536 })).toString()).toBe('0123456789'.repeat(3000));
  });

  it('reports a blob that is cut anywhere as truncated', async () => {
    for (const bytes of [gzipSync(noise), zstdCompressSync(noise), gzipWithAllFields(noise)]) {
      for (const length of [5, 11, 20, 40, bytes.byteLength >> 1, bytes.byteLength - 9, bytes.byteLength - 1]) {
        expect(await failure(decoded(bytes.subarray(0, length))), `${length} bytes`).toMatchObject({
          code: 'TRUNCATED',
        });
      }
    }
  });

  it('reports bad data by its format, with an offset', async () => {
    const gzip = gzipSync(noise);
    gzip[gzip.byteLength >> 1]! ^= 0xff;
    expect(await failure(decoded(gzip))).toMatchObject({ code: 'GZIP_INVALID', offset: expect.any(Number) });
    const checksum = gzipSync(noise);
    checksum[checksum.byteLength - 6]! ^= 1;
    expect(await failure(decoded(checksum))).toMatchObject({ code: 'GZIP_INVALID', message: /checksum/ });
    const length = gzipSync(noise);
    length[length.byteLength - 1]! ^= 1;
    expect(await failure(decoded(length))).toMatchObject({ code: 'GZIP_INVALID', message: /length/ });
    const zstd = zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
    zstd[zstd.byteLength - 1]! ^= 1;
    expect(await failure(decoded(zstd))).toMatchObject({ code: 'ZSTD_INVALID', offset: expect.any(Number) });
  });

  it('reports bad gzip headers', async () => {
    const bad = (index: number, value: number): Buffer => {
      const bytes = gzipSync(noise);
      bytes[index] = value;
      return bytes;
    };
    expect(await failure(decoded(bad(2, 7)))).toMatchObject({ code: 'GZIP_INVALID', message: /method/ });
    expect(await failure(decoded(bad(3, 0x80)))).toMatchObject({ code: 'GZIP_INVALID', message: /flags/ });
    expect(await failure(decoded(bad(3, 2)))).toMatchObject({ code: 'GZIP_INVALID', message: /header checksum/ });
    const endlessName = Buffer.concat([bad(3, 8).subarray(0, 10), Buffer.alloc(70_000, 'x')]);
    expect(await failure(decoded(endlessName))).toMatchObject({ code: 'GZIP_INVALID', message: /longer/ });
  });

  it('ignores what follows the compressed data and says where', async () => {
    for (const compressed of [gzipSync(text), zstdCompressSync(text)]) {
      for (const chunk of [1, 100, 100_000]) {
        const offsets: number[] = [];
        const bytes = Buffer.concat([compressed, Buffer.from('\0\0garbage')]);
        const content = await decoded(bytes, { chunk, onGarbage: (offset) => offsets.push(offset) });
        expect(content.equals(text)).toBe(true);
        expect(offsets).toEqual([compressed.byteLength + 2]);
      }
    }
  });

  it('follows the first bytes where the media type says otherwise', async () => {
    const seen: unknown[] = [];
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd';
    const content = await decoded(gzipSync(text), { mediaType, onMismatch: (mismatch) => seen.push(mismatch) });
    expect(content.equals(text)).toBe(true);
    expect(seen).toEqual([{ declared: 'zstd', found: 'gzip' }]);
  });

  it('refuses a media type that is no layer before it reads', async () => {
    const { source, log } = trackedSource(text);
    const mediaType = 'application/vnd.in-toto+json';
    expect(await failure(readAll(decompress(source, { mediaType })))).toMatchObject({ code: 'MEDIA_TYPE_UNKNOWN' });
    expect(log.pulled).toBe(0);
  });

  it.each([
    ['bzip2', Buffer.from('BZh91AY&SY')],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0])],
    ['lz4', Buffer.from([4, 0x22, 0x4d, 0x18, 0])],
    ['lzip', Buffer.from('LZIP\x01')],
  ])('says that %s is not read', async (name, bytes) => {
    expect(await failure(decoded(bytes))).toMatchObject({
      code: 'COMPRESSION_UNSUPPORTED',
      message: expect.stringContaining(name),
    });
  });

  it('takes skippable frames alone for nothing', async () => {
    for (const chunk of [1, 5, 100]) {
      expect((await decoded(Buffer.concat([skippable, skippable]), { chunk })).byteLength).toBe(0);
      const cut = Buffer.concat([skippable, skippable.subarray(0, -1)]);
      expect(await failure(decoded(cut, { chunk }))).toMatchObject({ code: 'TRUNCATED', offset: cut.byteLength });
    }
  });

  it('takes an empty blob for an empty archive, unless compression is declared', async () => {
    expect((await decoded(Buffer.alloc(0))).byteLength).toBe(0);
    const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
    expect(await failure(decoded(Buffer.alloc(0), { mediaType }))).toMatchObject({ code: 'TRUNCATED' });
  });

  it('lets the error of the source win over the one its bytes cause', async () => {
    const digestError = new Error('digest does not match');
    const gzip = gzipSync(noise);
    gzip[300]! ^= 0xff;
    for (const bytes of [gzip, gzip.subarray(0, 400), zstdCompressSync(noise).subarray(0, 300), gzipSync(noise)]) {
      const { source } = trackedSource(bytes, { chunk: 100, failure: digestError });
      expect(await failure(readAll(decompress(source)))).toBe(digestError);
    }
  });

  it('reads a source with bad content to its end', async () => {
    const gzip = gzipSync(noise);
    gzip[300]! ^= 0xff;
    const { source, log } = trackedSource(gzip, { chunk: 50 });
    expect(await failure(readAll(decompress(source)))).toMatchObject({ code: 'GZIP_INVALID' });
    expect(log.finished).toBe(true);
  });
});

describe('limits of decompress', () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000));

  it('stops where more comes out than limit totalBytes, without reading on', async () => {
    const { source, log } = trackedSource(bomb, { chunk: 500 });
    const result = failure(readAll(decompress(source, { limits: { totalBytes: 1_000_000 } })));
    expect(await result).toMatchObject({ code: 'LIMIT_EXCEEDED', message: /totalBytes/ });
    expect(log).toMatchObject({ finished: false, closed: true });
  });

  it('stops at the ratio above the floor and lets the same bytes pass below it', async () => {
    const limits = { ratio: 100, ratioFloorBytes: 5_000_000 };
    expect(await failure(decoded(bomb, { limits }))).toMatchObject({ code: 'LIMIT_EXCEEDED', message: /ratio/ });
    expect((await decoded(bomb, { limits: { ratio: 100 } })).byteLength).toBe(20_000_000);
  });

  it('does not wait for more of a source when a limit is passed', async () => {
    const source: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => source,
      next: async () => await (pulls++ === 0 ? { done: false, value: bomb } : new Promise<never>(() => undefined)),
      return: async () => ({ done: true, value: undefined }),
    };
    let pulls = 0;
    const result = readAll(decompress(source, { limits: { totalBytes: 1000 } }));
    expect(await failure(result)).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('refuses more zstd frames than entries, skippable ones included', async () => {
    for (const frame of [zstdCompressSync(''), skippable]) {
      const bytes = Buffer.concat([zstdCompressSync(text), ...Array.from({ length: 20 }, () => frame)]);
      expect((await decoded(bytes, { limits: { entries: 21 } })).equals(text)).toBe(true);
      const failed = await failure(decoded(bytes, { limits: { entries: 20 } }));
      expect(failed).toMatchObject({ code: 'LIMIT_EXCEEDED', message: /more frames than limit entries 20/ });
    }
  });

  it('refuses a zstd window above windowLogMax', async () => {
    const params = { [constants.ZSTD_c_windowLog]: 22, [constants.ZSTD_c_contentSizeFlag]: 0 };
    const bytes = zstdCompressSync(Buffer.alloc(6_000_000, 'w'), { params });
    expect(await failure(decoded(bytes, { limits: { windowLogMax: 20 } }))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: /windowLogMax/,
    });
    expect((await decoded(bytes)).byteLength).toBe(6_000_000);
  });
});

describe('leaving decompress', () => {
  const long = randomBytes(2_000_000);

  it.each([
    ['gzip', gzipSync(long)],
    ['zstd', zstdCompressSync(long)],
    ['plain', long],
  ])('closes the source of %s when the loop is left', async (_, bytes) => {
    const { source, log } = trackedSource(bytes, { chunk: 1000 });
    for await (const chunk of decompress(source)) {
      expect(chunk.byteLength).toBeGreaterThan(0);
      break;
    }
    expect(log).toMatchObject({ finished: false, closed: true });
  });

  it('rejects with the abort reason itself, also while the source hangs', async () => {
    async function* hanging(): AsyncGenerator<Uint8Array> {
      yield* chunksOf(gzipSync(noise).subarray(0, 1000), 100);
      await sleep(60_000, undefined, { ref: false });
    }
    const controller = new AbortController();
    const reason = { why: 'enough' };
    const result = failure(readAll(decompress(hanging(), { signal: controller.signal })));
    setTimeout(() => controller.abort(reason), 20);
    expect(await result).toBe(reason);
  });

  it('reads nothing once aborted', async () => {
    const { source, log } = trackedSource(text);
    expect(await failure(readAll(decompress(source, { signal: AbortSignal.abort('no') })))).toBe('no');
    expect(log.pulled).toBe(0);
  });
});
