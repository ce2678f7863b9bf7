import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ExtractError } from '../extract-error.ts';
import { collect, readAll } from '../layer.test-support.ts';
import { buildLayer } from '../testing/build-layer.ts';
import type { TocRow } from '../testing/chunked-archive.ts';
import { directory, file, symlink } from '../testing/layer-entry.ts';
import { openSeekableLayer } from './open-seekable-layer.ts';
import { loggedBlob } from './seekable.test-support.ts';
import type { TocEvent } from './walk-toc.ts';

const MiB = 1024 * 1024;
const formats = ['estargz', 'zstd:chunked'] as const;

describe('openSeekableLayer', () => {
  it('finds no table in ordinary layers, whatever their annotations claim', async () => {
    const annotations = { 'containerd.io/snapshot/stargz/toc.digest': `sha256:${'0'.repeat(64)}` };
    for (const format of ['none', 'gzip', 'gzip-members', 'zstd'] as const) {
      const layer = buildLayer([file('a', 'text')], { format });
      expect(await openSeekableLayer({ ...loggedBlob(layer), annotations })).toBeUndefined();
    }
    expect(await openSeekableLayer({ ...loggedBlob(buildLayer([])), size: 0, annotations })).toBeUndefined();
  });

  it('takes no table that no annotation vouches for, and requests nothing then, unless asked', async () => {
    for (const format of formats) {
      const { annotations: _, ...blob } = loggedBlob(buildLayer([file('a', 'text')], { format }));
      expect(await openSeekableLayer(blob)).toBeUndefined();
      expect(blob.requests).toEqual([]);
      const layer = await openSeekableLayer(blob, { acceptUnverified: true });
      expect(layer).toMatchObject({ format, verified: false, entries: 1 });
    }
  });

  it('takes no table of eStargz on the word of the annotation of zstd:chunked', async () => {
    const blob = loggedBlob(buildLayer([file('a', 'text')], { format: 'estargz' }));
    const annotations = { 'io.github.containers.zstd-chunked.manifest-checksum': `sha256:${'0'.repeat(64)}` };
    expect(await openSeekableLayer({ ...blob, annotations })).toBeUndefined();
  });

  it('finds zstd:chunked by its footer where no annotation has the position', async () => {
    const blob = loggedBlob(buildLayer([file('a', 'text')], { format: 'zstd:chunked' }));
    const { 'io.github.containers.zstd-chunked.manifest-position': _, ...annotations } = blob.annotations ?? {};
    expect(await openSeekableLayer({ ...blob, annotations })).toMatchObject({ format: 'zstd:chunked', verified: true });
    expect(blob.requests).toHaveLength(2);
  });

  it('reads what older writers left: their names of annotations, their footer', async () => {
    const layer = buildLayer([file('a', 'text')], { format: 'zstd:chunked' });
    const body = layer.bytes.subarray(0, -72);
    const footer = Buffer.concat([layer.bytes.subarray(-72, -32), Buffer.from('GnUlInUx')]);
    footer.writeUInt32LE(40, 4);
    const bytes = Buffer.concat([body, footer]);
    const [checksum] = Object.values(layer.annotations) as [string];
    const annotations = { 'io.containers.zstd-chunked.manifest-checksum': checksum };
    const seekable = await openSeekableLayer(loggedBlob({ ...layer, bytes, size: bytes.byteLength, annotations }));
    expect(seekable).toMatchObject({ format: 'zstd:chunked', verified: true, entries: 1 });
    expect(await collect(seekable!.walk({ verify: 'full' }))).toHaveLength(1);
  });

  it('closes its requests and passes on what the source throws', async () => {
    for (const format of formats) {
      const blob = loggedBlob(buildLayer([file('a', 'text')], { format }));
      await openSeekableLayer(blob);
      expect(blob.requests.every((request) => request.closed)).toBe(true);
      const failure = new Error('connection lost');
      async function* readRange(): AsyncGenerator<Uint8Array> {
        yield await Promise.reject(failure);
      }
      await expect(openSeekableLayer({ ...blob, readRange })).rejects.toBe(failure);
      const cut = { ...blob, readRange: (start: number, end: number) => blob.readRange(start, end - 1) };
      await expect(openSeekableLayer(cut)).rejects.toMatchObject({ code: 'TRUNCATED' });
      await expect(openSeekableLayer(blob, { signal: AbortSignal.abort('late') })).rejects.toBe('late');
    }
  });
});

describe('walk of a seekable layer', () => {
  const database = randomBytes(MiB);
  const noise = Array.from({ length: 98 }, (_, index) => file(`opt/${index}`, randomBytes(MiB / 2)));
  const entries = [...noise.slice(0, 49), file('var/lib/dpkg/status', database), ...noise.slice(49)];

  for (const format of formats) {
    it(`costs less than 3 % of a 50 MB ${format} layer for a database of 1 MB`, async () => {
      const layer = buildLayer(entries, { format });
      const blob = loggedBlob(layer);
      const seekable = await openSeekableLayer(blob);
      const found: Buffer[] = [];
      const events: TocEvent[] = [];
      for await (const event of seekable!.walk({ select: (path) => path === 'var/lib/dpkg/status' })) {
        if (event.kind === 'file' && event.selected) found.push(await readAll(event.content));
        events.push(event);
      }
      expect(found).toEqual([database]);
      expect(events).toHaveLength(entries.length);
      expect(events.every((event) => event.source === 'toc')).toBe(true);
      const fetched = blob.requests.reduce((sum, request) => sum + request.bytes, 0);
      expect(layer.size).toBeGreaterThan(50 * MiB);
      expect(fetched / layer.size).toBeLessThan(0.03);
      expect(blob.requests.length).toBeLessThanOrEqual(3);
      expect(blob.requests.every((request) => request.closed)).toBe(true);
    }, 60_000);

    it(`reads neighbours of a ${format} layer with one request, and none for what is not read`, async () => {
      const small = ['a', 'b', 'c', 'd', 'e'].map((name) => file(name, randomBytes(3000)));
      const blob = loggedBlob(buildLayer([...small, directory('f')], { format, chunkSize: 1000 }));
      const seekable = await openSeekableLayer(blob);
      const opening = blob.requests.splice(0).length;
      for await (const event of seekable!.walk({ select: (path) => path !== 'a' && path !== 'e' })) {
        if (event.kind !== 'file' || !event.selected) continue;
        expect((await event.content.peek(10)).byteLength).toBe(10);
        if (event.path !== 'c') expect((await readAll(event.content)).byteLength).toBe(3000);
      }
      expect(opening).toBeLessThanOrEqual(2);
      expect(blob.requests).toHaveLength(1);
      blob.requests.splice(0);
      await collect(seekable!.walk());
      expect(blob.requests).toEqual([]);
    });
  }

  it('gives no content of a file that was not selected', async () => {
    const seekable = await openSeekableLayer(loggedBlob(buildLayer([file('a', 'text')], { format: 'estargz' })));
    for await (const event of seekable!.walk({ select: () => false })) {
      if (event.kind !== 'file') continue;
      await expect(event.content.peek(1)).rejects.toMatchObject({ code: 'CONTENT_GONE' });
      await expect(readAll(event.content)).rejects.toMatchObject({ code: 'CONTENT_GONE', message: /not selected/ });
    }
  });

  it('gives no content late', async () => {
    const layer = buildLayer([file('a', randomBytes(100_000)), file('b', 'text')], { format: 'zstd:chunked' });
    const seekable = await openSeekableLayer(loggedBlob(layer));
    const events = seekable!.walk();
    const first = (await events.next()).value!;
    const reading = 'content' in first ? first.content[Symbol.asyncIterator]() : expect.unreachable();
    await events.next();
    await expect(reading.next()).rejects.toMatchObject({ code: 'CONTENT_GONE' });
    await events.return();
  });

  it('ends its request when the loop is left', async () => {
    for (const format of formats) {
      const blob = loggedBlob(buildLayer([file('a', randomBytes(500_000)), file('b', 'text')], { format }));
      const seekable = await openSeekableLayer(blob);
      const signals: (AbortSignal | undefined)[] = [];
      const readRange: typeof blob.readRange = (start, end, options) => {
        signals.push(options?.signal);
        return blob.readRange(start, end);
      };
      const watched = await openSeekableLayer({ ...blob, readRange });
      for (const layer of [seekable, watched]) {
        for await (const event of layer!.walk()) if (event.kind === 'file') for await (const _ of event.content) break;
        for await (const event of layer!.walk()) {
          if (event.kind === 'file') await event.content.peek(1);
          break;
        }
      }
      expect(blob.requests.every((request) => request.closed)).toBe(true);
      expect(signals.at(-1)?.aborted).toBe(true);
      expect(blob.requests.at(-1)!.bytes).toBeLessThan(500_000);
    }
  });

  it('tells a request that hangs to end when the walk is left', async () => {
    const blob = loggedBlob(buildLayer([file('a', randomBytes(500_000))], { format: 'estargz' }));
    let hang = false;
    const readRange: typeof blob.readRange = async function* (start, end, options) {
      for await (const chunk of blob.readRange(start, end)) {
        yield chunk;
        if (!hang) continue;
        await new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(new Error('closed'))));
      }
    };
    const seekable = await openSeekableLayer({ ...blob, readRange });
    hang = true;
    const events = seekable!.walk();
    const { value: event } = await events.next();
    const reading = event?.kind === 'file' ? readAll(event.content) : expect.unreachable();
    const [read] = await Promise.allSettled([reading, events.return()]);
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'CONTENT_GONE' } });
    expect(blob.requests.at(-1)?.closed).toBe(true);
  });

  it('rejects with the reason of an abort, also while a request hangs', async () => {
    const blob = loggedBlob(buildLayer([file('a', randomBytes(500_000))], { format: 'estargz' }));
    let hang = false;
    async function* readRange(start: number, end: number): AsyncGenerator<Uint8Array> {
      for await (const chunk of blob.readRange(start, end)) {
        yield chunk;
        if (hang) await new Promise<never>(() => undefined);
      }
    }
    const seekable = await openSeekableLayer({ ...blob, readRange });
    hang = true;
    const reason = new Error('deadline');
    const controller = new AbortController();
    const walking = (async () => {
      for await (const event of seekable!.walk({ signal: controller.signal })) {
        if (event.kind === 'file') await readAll(event.content);
      }
    })();
    setTimeout(() => controller.abort(reason), 20);
    await expect(walking).rejects.toBe(reason);
    await expect(collect(seekable!.walk({ signal: controller.signal }))).rejects.toBe(reason);
  });

  it('leaves out a name that JSON cannot hold', async () => {
    const layer = buildLayer([file('caf\ufffd', 'x'), symlink('l', '\ufffd'), file('ok')], { format: 'estargz' });
    const events = await collect((await openSeekableLayer(loggedBlob(layer)))!.walk());
    expect(events).toMatchObject([{ kind: 'problem' }, { kind: 'problem' }, { kind: 'file', path: 'ok' }]);
  });

  it('tells what verification finds: entries hidden, forged or made up', async () => {
    const honest = [file('a', 'one'), file('hidden', 'two'), directory('d', { mode: 0o700 }), file('b', 'three')];
    for (const format of formats) {
      const layer = buildLayer(honest, {
        format,
        editToc: (rows) => {
          const [a, , d, b] = rows;
          return {
            version: 1,
            entries: [
              { ...a, modtime: '1970-01-01T00:00:00.9Z' },
              { ...d, mode: 0o755 },
              b,
              { name: 'made-up', type: 'fifo' },
            ],
          };
        },
      });
      const seekable = await openSeekableLayer(loggedBlob(layer));
      const problems = (await collect(seekable!.walk({ verify: 'full' }))).filter((event) => event.kind === 'problem');
      expect(problems).toEqual([
        { kind: 'problem', source: 'toc', path: 'hidden', reason: expect.stringMatching(/archive has this file/) },
        { kind: 'problem', source: 'toc', path: 'd', reason: expect.stringMatching(/another mode/) },
        { kind: 'problem', source: 'toc', path: 'made-up', reason: expect.stringMatching(/fifo|special/) },
      ]);
      expect((await collect(seekable!.walk())).some((event) => event.kind === 'problem')).toBe(false);
    }
  });

  it('tells of a content that differs, and counts what is too much to tell', async () => {
    const many = Array.from({ length: 150 }, (_, index) => file(`f${index}`, 'same'));
    const layer = buildLayer([file('x', 'left'), file('y', 'right', {}), ...many], {
      format: 'estargz',
      editToc: (rows) => {
        const [x, y] = rows as [TocRow, TocRow];
        const swap = { offset: x.offset, size: 4, digest: x.digest, chunkDigest: x.chunkDigest };
        return { version: 1, entries: [{ ...y, ...swap }] };
      },
    });
    const seekable = await openSeekableLayer(loggedBlob(layer));
    const problems = (await collect(seekable!.walk({ verify: 'full' }))).slice(1);
    expect(problems).toHaveLength(101);
    expect(problems[1]).toMatchObject({ path: 'y', reason: 'the table of contents has another size' });
    expect(problems.at(-1)).toMatchObject({ path: '', reason: expect.stringMatching(/^53 more differences/) });
  });
});

describe('errors of a seekable layer', () => {
  it('are of the package, with a hint', async () => {
    const layer = buildLayer([], { format: 'estargz', editToc: () => 'nothing' });
    const error = await openSeekableLayer(loggedBlob(layer)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ExtractError);
    expect(error).toMatchObject({ code: 'TOC_INVALID', hint: expect.stringMatching(/walkLayer/) });
  });
});
