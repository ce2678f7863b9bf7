import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtractError } from '../extract-error.ts';
import { collect, readAll } from '../layer.test-support.ts';
import { type BuildLayerOptions, buildLayer } from '../testing/build-layer.ts';
import { digestOf, type TocRow } from '../testing/chunked-archive.ts';
import { directory, file } from '../testing/layer-entry.ts';
import { openSeekableLayer, type SeekableOptions } from './open-seekable-layer.ts';
import { loggedBlob } from './seekable.test-support.ts';

const entries = [directory('d'), file('a', randomBytes(2500)), file('b', randomBytes(900)), file('empty')];

async function walkEdited(editToc: BuildLayerOptions['editToc'], options: SeekableOptions = {}): Promise<void> {
  for (const format of ['estargz', 'zstd:chunked'] as const) {
    const layer = buildLayer(entries, { format, chunkSize: 1000, ...(editToc === undefined ? {} : { editToc }) });
    const seekable = await openSeekableLayer(loggedBlob(layer), options);
    for await (const event of seekable!.walk()) if (event.kind === 'file') await readAll(event.content);
  }
}

/** Edits one row of the true table: 0 the directory, 1 to 3 the chunks of `a`, 4 `b`, 5 `empty`. */
function withRow(index: number, fields: Record<string, unknown>): BuildLayerOptions['editToc'] {
  return (rows) => ({ version: 1, entries: rows.map((row, at) => (at === index ? { ...row, ...fields } : row)) });
}

async function refusal(editToc: BuildLayerOptions['editToc'], options?: SeekableOptions): Promise<unknown> {
  return await walkEdited(editToc, options).then(
    () => 'accepted',
    (error: unknown) => error,
  );
}

describe('a hostile table of contents', () => {
  it('is accepted when it is not hostile', async () => {
    expect(await refusal(undefined)).toBe('accepted');
  });

  it('is refused where its form is broken', async () => {
    const { code } = { code: 'TOC_INVALID' };
    expect(await refusal(() => null)).toMatchObject({ code });
    expect(await refusal(() => ({ version: 2, entries: [] }))).toMatchObject({ code });
    expect(await refusal(() => ({ version: 1, entries: {} }))).toMatchObject({ code });
    expect(await refusal(() => ({ version: 1, entries: [7] }))).toMatchObject({ code });
    expect(await refusal(() => ({ version: 1, entries: [{ type: 'reg' }] }))).toMatchObject({ code });
    expect(await refusal(withRow(1, { name: 7 }))).toMatchObject({ code, message: /entry 1: name/ });
    expect(await refusal(withRow(1, { uid: -1 }))).toMatchObject({ code, message: /uid/ });
    expect(await refusal(withRow(1, { mode: 0.5 }))).toMatchObject({ code, message: /mode/ });
    expect(await refusal(withRow(1, { modtime: 'soon' }))).toMatchObject({ code, message: /modtime/ });
    expect(await refusal(withRow(4, { digest: 'md5:00' }))).toMatchObject({ code, message: /digest/ });
  });

  it('is refused where contents lie outside, overlap or run backwards', async () => {
    const { code } = { code: 'TOC_INVALID' };
    expect(await refusal(withRow(4, { offset: -1 }))).toMatchObject({ code, message: /offset is no count/ });
    expect(await refusal(withRow(4, { offset: 1e9, endOffset: 0 }))).toMatchObject({
      code,
      message: /in front of the table/,
    });
    expect(await refusal(withRow(4, { offset: 0 }))).toMatchObject({ code, message: /in front of the table/ });
    expect(await refusal(withRow(4, { offset: 2 ** 60 }))).toMatchObject({ code });
    expect(await refusal((rows) => withRow(4, { offset: rows[1]!.offset })!(rows))).toMatchObject({
      code,
      message: /overlaps/,
    });
    expect(await refusal(withRow(2, { offset: 1 }))).toMatchObject({ code });
    expect(await refusal(withRow(1, { endOffset: 1e9 }))).toMatchObject({ code, message: /overlaps/ });
  });

  it('is refused where chunks do not make up their file', async () => {
    const { code } = { code: 'TOC_INVALID' };
    expect(await refusal(withRow(1, { size: 10 }))).toMatchObject({ code, message: /size of the file/ });
    expect(await refusal(withRow(1, { size: 1e12 }))).not.toBe('accepted');
    expect(await refusal(withRow(2, { chunkOffset: 999 }))).toMatchObject({ code, message: /follow the last/ });
    expect(await refusal(withRow(2, { name: 'b' }))).toMatchObject({ code, message: /another file/ });
    expect(await refusal(withRow(3, { chunkSize: 501 }))).toMatchObject({ code });
    expect(await refusal(withRow(0, { type: 'chunk' }))).toMatchObject({ code, message: /follows no file/ });
    expect(await refusal(withRow(1, { type: 'dir' }))).toMatchObject({ code, message: /follows no file/ });
    expect(await refusal(withRow(4, { digest: '', chunkDigest: '' }))).toMatchObject({
      code,
      message: /without a digest/,
    });
  });

  it('is refused where a path comes twice, however it is written', async () => {
    const twice = (rows: TocRow[]) => ({ version: 1, entries: [...rows, { name: './d/', type: 'fifo' }] });
    expect(await refusal(twice)).toMatchObject({ code: 'TOC_INVALID', message: /path comes twice/ });
  });

  it('gives a problem for a path that leaves the root, and for a type nobody knows', async () => {
    const odd = [
      { name: '../../etc/shadow', type: 'fifo' },
      { name: 'x', type: 'door' },
    ];
    const layer = buildLayer([], { format: 'estargz', editToc: () => ({ version: 1, entries: odd }) });
    const events = await collect((await openSeekableLayer(loggedBlob(layer)))!.walk());
    expect(events).toMatchObject([
      { kind: 'problem', reason: 'path leaves the image root' },
      { kind: 'problem', reason: 'entry of an unknown type' },
    ]);
  });

  it('is refused where it is too long or has too many entries', async () => {
    const many = () => ({
      version: 1,
      entries: Array.from({ length: 5000 }, (_, i) => ({ name: `${i}`, type: 'fifo' })),
    });
    expect(await refusal(many, { tocBytes: 10_000 })).toMatchObject({ code: 'LIMIT_EXCEEDED', message: /tocBytes/ });
    expect(await refusal(many, { limits: { entries: 4999 } })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(await refusal(many, { limits: { entries: 5000 } })).toBe('accepted');
  });

  it('does not outgrow its limit by good compression', async () => {
    const bomb = () => ({ version: 1, entries: [], padding: '0'.repeat(20_000_000) });
    expect(await refusal(bomb, { tocBytes: 1_000_000 })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
    const blob = loggedBlob(buildLayer([], { format: 'zstd:chunked', editToc: bomb }));
    const key = 'io.github.containers.zstd-chunked.manifest-position';
    const lying = blob.annotations![key]!.replace(/:\d+:1$/, ':10:1');
    const annotations = { ...blob.annotations, [key]: lying };
    const opened = openSeekableLayer({ ...blob, annotations }, { tocBytes: 1_000_000 });
    await expect(opened).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  }, 30_000);

  it('is refused where it is not the one that the manifest vouches for', async () => {
    for (const format of ['estargz', 'zstd:chunked'] as const) {
      const blob = loggedBlob(buildLayer(entries, { format }));
      const position = 'io.github.containers.zstd-chunked.manifest-position';
      for (const digest of [`sha256:${'0'.repeat(64)}`, 'sha256:0', `sha512:${'0'.repeat(128)}`]) {
        const annotations = Object.fromEntries(
          Object.entries(blob.annotations!).map(([key, value]) => [key, key === position ? value : digest]),
        );
        await expect(openSeekableLayer({ ...blob, annotations })).rejects.toMatchObject({ code: 'TOC_INVALID' });
      }
    }
  });

  it('is refused where its position is none', async () => {
    const blob = loggedBlob(buildLayer(entries, { format: 'zstd:chunked' }));
    const key = 'io.github.containers.zstd-chunked.manifest-position';
    for (const position of ['', '1:2:3', '1:2:3:2', '-1:2:3:1', '0:0:0:1', `${blob.size - 5}:10:10:1`, '5:10:10:1']) {
      const annotations = { ...blob.annotations, [key]: position };
      await expect(openSeekableLayer({ ...blob, annotations })).rejects.toMatchObject({ code: 'TOC_INVALID' });
    }
  });
});

describe('content that is not what the table describes', () => {
  const { code } = { code: 'CHUNK_INVALID' };

  it('is refused: another digest, another place, another length', async () => {
    const wrong = `sha256:${'0'.repeat(64)}`;
    expect(await refusal(withRow(2, { chunkDigest: wrong }))).toMatchObject({ code, message: /"a".*digest/ });
    expect(await refusal(withRow(4, { digest: wrong, chunkDigest: wrong }))).toMatchObject({ code });
    expect(await refusal((rows) => withRow(4, { offset: Number(rows[4]!.offset) + 1 })!(rows))).toMatchObject({ code });
    expect(await refusal(withRow(4, { size: 5000 }))).toMatchObject({ code });
    expect(await refusal(withRow(4, { size: 10 }))).toMatchObject({ code });
  });

  it('never reaches a reader as a whole: the last bytes are held back until the digest is right', async () => {
    const editToc = withRow(1, { chunkDigest: `sha256:${'0'.repeat(64)}` })!;
    const layer = buildLayer([file('x'), file('a', 'secret')], { format: 'estargz', editToc });
    const seekable = await openSeekableLayer(loggedBlob(layer));
    for await (const event of seekable!.walk()) {
      if (event.kind === 'file' && event.size > 0) await expect(event.content.peek(6)).rejects.toMatchObject({ code });
    }
  });

  it('is checked as a whole where only the file has a digest, and zeros are not fetched', async () => {
    const bytes = [new Uint8Array(1000), randomBytes(1500)];
    const edit = (rows: TocRow[], digest?: string) => ({
      version: 1,
      entries: rows.map((row, index) => ({
        ...row,
        ...{ chunkDigest: '', chunkType: index === 0 ? 'zeros' : '' },
        ...(digest === undefined ? {} : { digest }),
      })),
    });
    const content = Buffer.concat(bytes);
    for (const digest of [undefined, `sha256:${'0'.repeat(64)}`]) {
      const options = {
        format: 'zstd:chunked',
        chunkSize: 1000,
        editToc: (rows: TocRow[]) => edit(rows, digest),
      } as const;
      const blob = loggedBlob(buildLayer([file('holes', content)], options));
      const seekable = await openSeekableLayer(blob);
      const [opening] = blob.requests.splice(0);
      const reading = (async () => {
        for await (const event of seekable!.walk()) if (event.kind === 'file') return await readAll(event.content);
        return undefined;
      })();
      if (digest === undefined) expect(await reading).toEqual(content);
      else await expect(reading).rejects.toMatchObject({ code });
      expect(opening).toBeDefined();
      expect(blob.requests).toHaveLength(1);
    }
  });

  it('ends at the limit on all contents', async () => {
    expect(await refusal(undefined, { limits: { totalBytes: 3000 } })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('shares a member where the table says so', async () => {
    const shared = Buffer.from('first-second');
    const row = { type: 'reg', mode: 0o644, uid: 0, gid: 0 };
    const layer = buildLayer([file('both', shared)], {
      format: 'estargz',
      editToc: ([both]) => ({
        version: 1,
        entries: [
          { ...row, name: 'one', size: 6, offset: both!.offset, digest: sha256('first-') },
          { ...row, name: 'two', size: 6, offset: both!.offset, innerOffset: 6, digest: sha256('second') },
        ],
      }),
    });
    const contents: string[] = [];
    for await (const event of (await openSeekableLayer(loggedBlob(layer)))!.walk()) {
      if (event.kind === 'file') contents.push((await readAll(event.content)).toString());
    }
    expect(contents).toEqual(['first-', 'second']);
  });
});

describe('any bytes', () => {
  it('give events or a documented error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('estargz' as const, 'zstd:chunked' as const),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
        async (format, flips) => {
          const layer = buildLayer(entries, { format, chunkSize: 1000 });
          for (const [at, bits] of flips) layer.bytes[at % layer.size]! ^= bits;
          const outcome = await (async () => {
            const seekable = await openSeekableLayer(loggedBlob(layer), { acceptUnverified: true });
            for await (const event of seekable?.walk() ?? []) if (event.kind === 'file') await readAll(event.content);
          })().catch((error: unknown) => error);
          expect(outcome === undefined || outcome instanceof ExtractError).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  }, 30_000);
});

function sha256(text: string): string {
  return digestOf(Buffer.from(text));
}
