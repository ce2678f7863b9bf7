import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { walkLayer } from '../event/walk-layer.ts';
import { ExtractError } from '../extract-error.ts';
import { blobOf, endOfArchive, packTar, paxHeader, rawEntry } from '../layer.test-support.ts';
import { gzipLayer, zstdLayer } from './hostile-layer.test-support.ts';

interface Walk {
  /** Kind, path and content of each event that is no problem. */
  readonly events: readonly string[];
  readonly error?: unknown;
}

/** What bad bytes may be answered with. */
const documented = [
  ...['COMPRESSION_UNSUPPORTED', 'GZIP_INVALID', 'ZSTD_INVALID', 'TAR_INVALID', 'TRUNCATED', 'LIMIT_EXCEEDED'],
];
const plainLayer = 'application/vnd.oci.image.layer.v1.tar';

async function walk(bytes: Uint8Array, mediaType: string): Promise<Walk> {
  const events: string[] = [];
  try {
    for await (const event of walkLayer(blobOf(bytes, mediaType, 700))) {
      if (event.kind === 'problem') continue;
      expect(event.path.split('/')).not.toContain('..');
      expect(event.path.startsWith('/')).toBe(false);
      const parts: string[] = [];
      if (event.kind === 'file') {
        for await (const part of event.content) parts.push(Buffer.from(part).toString('latin1'));
        expect(parts.join('')).toHaveLength(event.size);
      }
      events.push(`${event.kind} ${event.path} ${parts.join('')}`);
    }
    return { events };
  } catch (error) {
    return { events, error };
  }
}

function expectDocumented(error: unknown): void {
  if (error === undefined) return;
  expect(error).toBeInstanceOf(ExtractError);
  expect(documented).toContain((error as ExtractError).code);
  expect((error as ExtractError).message).toContain('offset');
}

describe('any bytes', () => {
  let tar: Buffer;
  let forms: readonly (readonly [string, Buffer, string])[];

  beforeAll(async () => {
    const packed = await packTar([
      { name: 'etc/', type: 'directory' },
      { name: 'etc/os-release', content: 'ID=debian\n' },
      { name: `long/${'n'.repeat(120)}`, content: 'pax or prefix', pax: { comment: 'a record' } },
      { name: 'link', type: 'symlink', linkname: 'etc/os-release' },
      { name: 'hard', type: 'link', linkname: 'etc/os-release' },
      { name: 'gone/.wh.file' },
    ]);
    const own = [paxHeader('path', 'renamed'), rawEntry({ name: 'x', body: 'renamed' })];
    const long = rawEntry({ name: '././@LongLink', type: 'L', body: 'l'.repeat(200) });
    tar = Buffer.concat([...own, long, rawEntry({ name: 'l' }), packed.subarray(0, -1024), endOfArchive]);
    const half = tar.byteLength >> 1;
    forms = [
      ['plain', tar, plainLayer],
      ['gzip', gzipSync(tar), gzipLayer],
      ['gzip members', Buffer.concat([gzipSync(tar.subarray(0, half)), gzipSync(tar.subarray(half))]), gzipLayer],
      ['zstd', zstdCompressSync(tar), zstdLayer],
    ];
  });

  it('gives what stands before the cut, at whichever byte the blob is cut', async () => {
    const whole = (await walk(tar, plainLayer)).events;
    expect(whole).toHaveLength(8);
    for (const [form, bytes, mediaType] of forms) {
      for (let length = 0; length < bytes.byteLength; length++) {
        const { events, error } = await walk(bytes.subarray(0, length), mediaType);
        const where = `${form}, ${length} of ${bytes.byteLength} bytes`;
        expect(whole.slice(0, events.length), where).toEqual(events);
        // An archive may lack its end, and the second member of two all of itself.
        if (error !== undefined) expect(error, where).toMatchObject({ code: 'TRUNCATED', offset: expect.any(Number) });
        else if (form !== 'plain' && form !== 'gzip members') expect.unreachable(where);
      }
    }
  }, 120_000);

  it('gives events or a documented error, whatever bytes are changed', async () => {
    const change = fc.record({ at: fc.nat(), value: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.array(change, { minLength: 1, maxLength: 8 }), async (form, changes) => {
        const [, original, mediaType] = forms[form]!;
        const bytes = Buffer.from(original);
        for (const { at, value } of changes) bytes[at % bytes.byteLength]! ^= value;
        expectDocumented((await walk(bytes, mediaType)).error);
      }),
      { numRuns: 2000 },
    );
  }, 120_000);

  it('gives events or a documented error where headers are changed and their checksums fit', async () => {
    const change = fc.record({ at: fc.nat(511), value: fc.integer({ min: 0, max: 255 }), block: fc.nat() });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(tar);
        const blocks = bytes.byteLength / 512;
        for (const { at, value, block } of changes) bytes[(block % blocks) * 512 + at] = value;
        for (let block = 0; block < blocks; block++) seal(bytes.subarray(block * 512, block * 512 + 512));
        expectDocumented((await walk(bytes, plainLayer)).error);
      }),
      { numRuns: 1000 },
    );
  }, 120_000);
});

/** Makes the checksum of what may be a header fit. */
function seal(block: Buffer): void {
  if (block.toString('latin1', 257, 262) !== 'ustar') return;
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}
