import { createHook } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { LayerBlob } from '../blob/layer-blob.ts';
import {
  blobOf,
  chunksOf,
  collect,
  endOfArchive,
  type PackedEntry,
  packTar,
  rawEntry,
  readAll,
  trackedSource,
} from '../layer.test-support.ts';
import type { FileEntry, FileEvent } from './file-event.ts';
import { walkLayer } from './walk-layer.ts';

const gzipType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const zstdType = 'application/vnd.oci.image.layer.v1.tar+zstd';

async function eventsOf(entries: readonly PackedEntry[]): Promise<FileEvent[]> {
  return await collect(walkLayer(blobOf(await packTar(entries))));
}

async function firstFile(events: AsyncIterable<FileEvent>): Promise<FileEntry> {
  for await (const event of events) if (event.kind === 'file') return event;
  return expect.unreachable();
}

describe('walkLayer', () => {
  it('turns entries into events with normalised paths', async () => {
    const events = await eventsOf([
      { name: './', type: 'directory' },
      { name: './etc/', type: 'directory', mode: 0o755 },
      { name: '/etc//passwd', content: 'root', mode: 0o644 },
      { name: 'etc/link', type: 'symlink', linkname: '/usr/../etc/passwd' },
      { name: 'etc/hard', type: 'link', linkname: './etc/passwd' },
      { name: 'dev/console', type: 'character-device' },
    ]);
    const header = { uid: 0, gid: 0, mtime: 0 };
    expect(events).toEqual([
      { kind: 'directory', path: '', mode: 0o755, ...header },
      { kind: 'directory', path: 'etc', mode: 0o755, ...header },
      { kind: 'file', path: 'etc/passwd', size: 4, mode: 0o644, ...header, content: expect.anything() },
      { kind: 'symlink', path: 'etc/link', target: '/usr/../etc/passwd', mode: 0o644, ...header },
      { kind: 'hardlink', path: 'etc/hard', target: 'etc/passwd', mode: 0o644, ...header },
      { kind: 'special', path: 'dev/console', mode: 0o644, ...header },
    ]);
  });

  it('turns whiteouts into events and leaves out the bookkeeping of aufs', async () => {
    const names = ['a/.wh.gone', 'b/.wh..wh..opq', 'a/.wh..wh.orph', '.wh..wh.aufs', '.wh.'];
    expect(await eventsOf(names.map((name) => ({ name })))).toEqual([
      { kind: 'whiteout', path: 'a/gone' },
      { kind: 'opaque', path: 'b' },
      { kind: 'problem', path: '.wh.', reason: expect.stringMatching(/nothing/) },
    ]);
  });

  it('tells of bookkeeping of aufs that a runtime would unpack', async () => {
    const entries = [{ name: './.wh..wh.plnk/', type: 'directory' as const }, { name: '.wh..wh.plnk/1.2' }];
    const reason = expect.stringMatching(/containerd unpacks/);
    expect(await eventsOf(entries)).toEqual([
      { kind: 'problem', path: './.wh..wh.plnk/', reason },
      { kind: 'problem', path: '.wh..wh.plnk/1.2', reason },
    ]);
  });

  it('reports what it does not use, and goes on', async () => {
    const events = await eventsOf([
      { name: '../../etc/shadow', content: 'x' },
      { name: 'link', type: 'link', linkname: '../outside' },
      { name: 'self', type: 'link', linkname: './' },
      { name: 'long', type: 'symlink', linkname: 't'.repeat(5000) },
      { name: 'n'.repeat(65_536), content: 'y' },
      { name: './', type: 'symlink', linkname: 'x' },
      { name: 'good', content: 'z' },
    ]);
    expect(events.map(({ kind }) => kind)).toEqual([...Array(6).fill('problem'), 'file']);
    expect(events[0]).toEqual({ kind: 'problem', path: '../../etc/shadow', reason: 'path leaves the image root' });
    expect(events[4]!.path.length).toBeLessThan(300);
  });

  it('reports unknown entries and links without a target', async () => {
    const bytes = Buffer.concat([
      rawEntry({ name: 'volume', type: 'V' }),
      rawEntry({ name: 'nowhere', type: '2' }),
      endOfArchive,
    ]);
    expect(await collect(walkLayer(blobOf(bytes)))).toMatchObject([
      { kind: 'problem', path: 'volume', reason: expect.stringMatching(/unknown/) },
      { kind: 'problem', path: 'nowhere', reason: expect.stringMatching(/target/) },
    ]);
  });

  it('gives the same events however the layer is compressed and cut', async () => {
    const entries = Array.from({ length: 12 }, (_, index) => ({
      name: `f${index}`,
      content: randomBytes(index * 90),
    }));
    const tar = await packTar(entries);
    const blobs: [string, Buffer][] = [
      ['application/x-tar', tar],
      [gzipType, gzipSync(tar)],
      [zstdType, zstdCompressSync(tar)],
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...blobs), fc.integer({ min: 1, max: 9000 }), async ([type, bytes], chunk) => {
        const seen: [string, Buffer][] = [];
        for await (const event of walkLayer(blobOf(bytes, type, chunk))) {
          if (event.kind === 'file') seen.push([event.path, await readAll(event.content)]);
        }
        expect(seen).toEqual(entries.map(({ name, content }) => [name, content]));
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('reports a media type that does not fit, and data nobody reads', async () => {
    const tar = Buffer.concat([rawEntry({ name: 'a' }), endOfArchive, rawEntry({ name: 'hidden' })]);
    const bytes = Buffer.concat([gzipSync(tar), Buffer.from('more')]);
    expect(await collect(walkLayer(blobOf(bytes, zstdType)))).toMatchObject([
      { kind: 'problem', path: '', reason: expect.stringMatching(/media type .*zstd, but the content is gzip/) },
      { kind: 'file', path: 'a' },
      { kind: 'problem', path: '', reason: expect.stringMatching(/behind the compressed stream/) },
      { kind: 'problem', path: '', reason: expect.stringMatching(/behind the end of the archive.* 1536/) },
    ]);
  });

  it('opens nothing for a media type that is no layer', async () => {
    const blob: LayerBlob = { mediaType: 'application/vnd.in-toto+json', open: () => expect.unreachable() };
    await expect(collect(walkLayer(blob))).rejects.toMatchObject({ code: 'MEDIA_TYPE_UNKNOWN' });
  });
});

describe('content of a file', () => {
  const entries = [
    { name: 'a', content: 'alpha '.repeat(1000) },
    { name: 'b', content: 'beta' },
    { name: 'empty', content: '' },
  ];

  async function walk(): Promise<AsyncGenerator<FileEvent>> {
    return walkLayer(blobOf(gzipSync(await packTar(entries)), gzipType));
  }

  it('can be peeked at, longer and shorter, and still starts at the first byte', async () => {
    const { content } = await firstFile(
      await walk().then((events) => ({ [Symbol.asyncIterator]: () => stay(events) })),
    );
    expect(Buffer.from(await content.peek(5)).toString()).toBe('alpha');
    expect((await content.peek(4000)).byteLength).toBe(4000);
    expect((await content.peek(9000)).byteLength).toBe(6000);
    expect(Buffer.from(await content.peek(2)).toString()).toBe('al');
    expect((await readAll(content)).toString()).toBe(entries[0]!.content);
  });

  it('can be peeked at twice at once, and nothing is lost', async () => {
    const bytes = await packTar([{ name: 'a', content: 'abcdefghij'.repeat(600) }]);
    for await (const event of walkLayer(blobOf(bytes, undefined, 700))) {
      if (event.kind !== 'file') continue;
      await Promise.all([event.content.peek(900), event.content.peek(900)]);
      expect(Buffer.concat(await collect(event.content)).toString()).toBe('abcdefghij'.repeat(600));
    }
  });

  it('can be peeked at where its first bytes lie in several chunks, or partly in a hole', async () => {
    const text = 'abcdefghij'.repeat(300);
    const sparse = { 'GNU.sparse.map': '0,1000,2000,2000', 'GNU.sparse.numblocks': '2', 'GNU.sparse.size': '4000' };
    const entries = [
      { name: 'plain', content: text },
      { name: 'sparse', content: text, pax: sparse },
    ];
    const contents = [text, `${text.slice(0, 1000)}${'\0'.repeat(1000)}${text.slice(1000)}`];
    const bytes = await packTar(entries);
    for (const chunk of [1, 7, 100, 511, 1800, 100_000]) {
      const seen: string[] = [];
      for await (const event of walkLayer(blobOf(bytes, undefined, chunk))) {
        if (event.kind !== 'file') continue;
        const peeked = [await event.content.peek(512), await event.content.peek(1500), await event.content.peek(9)];
        const whole = (await readAll(event.content)).toString();
        const texts = peeked.map((head) => Buffer.from(head).toString());
        expect(texts).toEqual([512, 1500, 9].map((length) => whole.slice(0, length)));
        seen.push(whole);
      }
      expect(seen).toEqual(contents);
    }
  });

  it('gives its first bytes without waiting exactly where they are at hand, and what peek gives', async () => {
    const bytes = await packTar([{ name: 'plain', content: 'abcdefghij'.repeat(300) }]);
    for (const [chunk, isAtHand] of [
      [100, false],
      [100_000, true],
    ] as const) {
      const events = walkLayer(blobOf(bytes, undefined, chunk));
      const { content } = await firstFile({ [Symbol.asyncIterator]: () => stay(events) });
      const before = content.available?.(512);
      expect(before !== undefined).toBe(isAtHand);
      const peeked = await content.peek(512);
      if (before !== undefined) expect(Buffer.from(before)).toEqual(Buffer.from(peeked));
      expect(Buffer.from(content.available?.(10) ?? []).toString()).toBe('abcdefghij');
    }
  });

  it('stays valid for who keeps it, peeked at or read, when the walk is over', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => String.fromCharCode(97 + (index % 26)).repeat(60_000));
    const bytes = await packTar(texts.map((content, index) => ({ name: `file-${index}`, content })));
    for (const [type, layer] of [
      [gzipType, gzipSync(bytes)],
      [zstdType, zstdCompressSync(bytes)],
    ] as const) {
      const kept: { head: Uint8Array; parts: Uint8Array[] }[] = [];
      for await (const event of walkLayer(blobOf(layer, type, 4000))) {
        if (event.kind !== 'file') continue;
        const head = await event.content.peek(512);
        kept.push({ head, parts: kept.length % 3 === 0 ? await collect(event.content) : [] });
      }
      for (const [index, { head, parts }] of kept.entries()) {
        expect(Buffer.from(head).toString()).toBe(texts[index]!.slice(0, 512));
        if (index % 3 === 0) expect(Buffer.concat(parts).toString()).toBe(texts[index]);
      }
    }
  });

  it('leaves the chunks of a layer that is not compressed to the one who gave them', async () => {
    const bytes = await packTar([{ name: 'a', content: 'x'.repeat(100_000) }, { name: 'b' }]);
    const chunks = [...chunksOf(bytes, 20_000)].map((chunk) => new Uint8Array(chunk));
    async function* open(): AsyncGenerator<Uint8Array> {
      yield* chunks;
    }
    for (const mediaType of ['application/vnd.oci.image.layer.v1.tar', gzipType]) {
      await collect(walkLayer({ mediaType, open }));
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    }
  });

  it('is empty for an empty file', async () => {
    for await (const event of await walk()) {
      if (event.path !== 'empty' || event.kind !== 'file') continue;
      expect((await event.content.peek(10)).byteLength).toBe(0);
      expect(await collect(event.content)).toEqual([]);
    }
  });

  it('is skipped when the next event is asked for, read in part or not at all', async () => {
    const seen: string[] = [];
    for await (const event of await walk()) {
      if (event.kind === 'file' && event.path === 'a') for await (const _ of event.content) break;
      if (event.kind === 'file' && event.path === 'b') seen.push((await readAll(event.content)).toString());
    }
    expect(seen).toEqual(['beta']);
  });

  it('is gone afterwards, and for a second reading', async () => {
    const files: FileEntry[] = [];
    for await (const event of await walk()) {
      if (event.kind === 'file') files.push(event);
      if (event.path === 'b') {
        await readAll(files[1]!.content);
        await expect(readAll(files[1]!.content)).rejects.toMatchObject({ code: 'CONTENT_GONE', message: /once/ });
        await expect(files[1]!.content.peek(1)).rejects.toMatchObject({ code: 'CONTENT_GONE' });
        await expect(readAll(files[0]!.content)).rejects.toMatchObject({ code: 'CONTENT_GONE', message: /moved on/ });
      }
    }
    await expect(files[2]!.content.peek(1)).rejects.toMatchObject({ code: 'CONTENT_GONE' });
  });

  it('does not hang a reader that the walk has overtaken', async () => {
    const events = await walk();
    const first = await events.next();
    const content = (first.value as FileEntry).content[Symbol.asyncIterator]();
    await content.next();
    const [late] = await Promise.allSettled([drain(content), events.next()]);
    expect(late).toMatchObject({ status: 'rejected', reason: { code: 'CONTENT_GONE' } });
  });

  it('ends with TRUNCATED where the archive does, inside a gzip that is complete', async () => {
    const cut = (await packTar([{ name: 'a', content: 'x'.repeat(5000) }])).subarray(0, 3000);
    const events = walkLayer(blobOf(gzipSync(cut), gzipType));
    const first = await events.next();
    await expect(readAll((first.value as FileEntry).content)).rejects.toMatchObject({ code: 'TRUNCATED' });
    await expect(events.next()).rejects.toMatchObject({ code: 'TRUNCATED' });
  });
});

describe('source of a layer', () => {
  const digestError = new Error('digest does not match');

  it('is read to its end when the archive ends before', async () => {
    const bytes = Buffer.concat([await packTar([{ name: 'a' }]), Buffer.alloc(20_000)]);
    const { source, log } = trackedSource(bytes, { chunk: 512 });
    await collect(walkLayer({ mediaType: 'application/x-tar', open: () => source }));
    expect(log.finished).toBe(true);
  });

  it('has the last word: its error is thrown unchanged, also where the content is bad', async () => {
    const tar = await packTar([{ name: 'a', content: randomBytes(9000) }, { name: 'b' }]);
    const badTar = Buffer.from(tar);
    badTar.fill('x', 9728, 9800);
    const badGzip = gzipSync(tar);
    badGzip[4000]! ^= 0xff;
    for (const bytes of [tar, badTar, gzipSync(tar), gzipSync(badTar), badGzip, tar.subarray(0, 3000)]) {
      const { source } = trackedSource(bytes, { chunk: 500, failure: digestError });
      const events = walkLayer({ mediaType: 'application/x-tar', open: () => source });
      await expect(collect(events)).rejects.toBe(digestError);
    }
  });

  it('has the last word also when its error came while nobody waited for a chunk', async () => {
    const bad = Buffer.concat([rawEntry({ name: 'a' }), Buffer.alloc(512, 'x'), randomBytes(90_000)]);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    async function* open(): AsyncGenerator<Uint8Array> {
      yield gzipSync(bad).subarray(0, 60_000);
      await released;
      throw digestError;
    }
    const events = walkLayer({ mediaType: gzipType, open });
    await events.next();
    release();
    await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(events.next()).rejects.toBe(digestError);
  });

  it('is not waited for when it hangs and the loop is left', async () => {
    const bytes = gzipSync(rawEntry({ name: 'a', body: randomBytes(90_000) })).subarray(0, 60_000);
    let pulls = 0;
    let closed = false;
    const source: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => source,
      next: async () => (pulls++ === 0 ? { done: false, value: bytes } : await new Promise<never>(() => undefined)),
      return: async () => {
        closed = true;
        return { done: true, value: undefined };
      },
    };
    for await (const _ of walkLayer({ mediaType: gzipType, open: () => source })) {
      await vi.waitUntil(() => pulls === 2, 4000);
      break;
    }
    expect([pulls, closed]).toEqual([2, true]);
  });

  it('is read to its end behind a bad header, which is then reported', async () => {
    const bytes = Buffer.concat([rawEntry({ name: 'a' }), Buffer.alloc(90_000, 'x')]);
    for (const form of [bytes, gzipSync(Buffer.concat([bytes, randomBytes(2_000_000)]))]) {
      const { source, log } = trackedSource(form, { chunk: 700 });
      const events = walkLayer({ mediaType: 'application/x-tar', open: () => source });
      await expect(collect(events)).rejects.toMatchObject({ code: 'TAR_INVALID', offset: 512 });
      expect(log).toMatchObject({ finished: true, closed: true });
    }
  });

  it('is closed when the loop is left, and told so by its signal', async () => {
    for (const encode of [(bytes: Buffer) => bytes, gzipSync, zstdCompressSync]) {
      const bytes = encode(await packTar([{ name: 'a', content: randomBytes(3_000_000) }, { name: 'b' }]));
      const { source, log } = trackedSource(bytes, { chunk: 10_000 });
      let given: AbortSignal | undefined;
      const open: LayerBlob['open'] = (options) => {
        given = options?.signal;
        return source;
      };
      for await (const event of walkLayer({ mediaType: 'application/x-tar', open })) if (event.path === 'a') break;
      expect(log).toMatchObject({ finished: false, closed: true });
      expect(given?.aborted).toBe(true);
    }
  });

  it('is closed when it is a file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'layer-extract-'));
    try {
      const file = join(directory, 'layer.tar.gz');
      await writeFile(file, gzipSync(await packTar([{ name: 'a', content: randomBytes(3_000_000) }])));
      for (let round = 0; round < 5; round++) {
        const stream = createReadStream(file, { highWaterMark: 16_384 });
        for await (const _ of walkLayer({ mediaType: gzipType, open: () => stream })) break;
        expect(stream.destroyed).toBe(true);
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('leaves no decoder behind, however the walk ends', async () => {
    const decoders = { opened: 0, closed: 0 };
    const hook = createHook({
      init(_id, type, _trigger, handle) {
        if (!/^zlib|zstd/i.test(type) || !('close' in handle)) return;
        const { close } = handle as { close(): void };
        decoders.opened += 1;
        Object.assign(handle, { close: () => [decoders.closed++, close.call(handle)] });
      },
    });
    const content = await packTar([{ name: 'a', content: randomBytes(1_000_000) }, { name: 'b' }]);
    const gzip = gzipSync(content);
    const forms = [gzip, zstdCompressSync(content), Buffer.concat([gzipSync(content.subarray(0, 512)), gzip])];
    const endings: ((events: AsyncGenerator<FileEvent>) => Promise<unknown>)[] = [
      (events) => collect(events),
      async (events) => [await events.next(), await events.return(undefined)],
      async (events) => {
        for await (const event of events) if (event.kind === 'file') for await (const _ of event.content) return;
      },
    ];
    hook.enable();
    for (const bytes of [...forms, ...forms.map((form) => form.subarray(0, 300_000))]) {
      for (const end of endings) await end(walkLayer(blobOf(bytes, gzipType, 10_000))).catch(() => undefined);
    }
    await new Promise((resolve) => setImmediate(resolve));
    hook.disable();
    expect(decoders.opened).toBeGreaterThanOrEqual(18);
    expect(decoders.closed).toBe(decoders.opened);
  });

  it('gets the abort signal, and the walk rejects with the reason itself', async () => {
    const reason = new Error('deadline');
    for (const encode of [(bytes: Buffer) => bytes, gzipSync]) {
      const bytes = encode(await packTar([{ name: 'a', content: randomBytes(3_000_000) }, { name: 'b' }]));
      const { source, log } = trackedSource(bytes, { chunk: 10_000 });
      const controller = new AbortController();
      const events = walkLayer({ mediaType: 'application/x-tar', open: () => source }, { signal: controller.signal });
      await events.next();
      controller.abort(reason);
      await expect(events.next()).rejects.toBe(reason);
      expect(log.closed).toBe(true);
    }
  });

  it('is not opened once aborted', async () => {
    const blob: LayerBlob = { mediaType: gzipType, open: () => expect.unreachable() };
    await expect(collect(walkLayer(blob, { signal: AbortSignal.abort('no') }))).rejects.toBe('no');
  });
});

async function drain(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  while ((await chunks.next()).done !== true);
}

/** The same events, without closing the walk when a loop over them is left. */
function stay(events: AsyncIterator<FileEvent>): AsyncIterator<FileEvent> {
  return { next: () => events.next() };
}
