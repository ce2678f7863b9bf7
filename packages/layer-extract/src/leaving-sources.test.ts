import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LayerBlob } from './blob/layer-blob.ts';
import { openContainersStorage } from './directory/containers-storage/open-containers-storage.ts';
import { StorageFolder } from './directory/containers-storage/storage-folder.test-support.ts';
import { walkDirectory } from './directory/walk-directory.ts';
import type { FileEvent } from './event/file-event.ts';
import { walkLayer } from './event/walk-layer.ts';
import { ExtractError } from './extract-error.ts';
import { activeResources, openBelow } from './open-handles.test-support.ts';
import { openSeekableLayer } from './seekable/open-seekable-layer.ts';
import type { SeekableBlob } from './seekable/seekable-blob.ts';
import { buildLayer, type LayerFormat } from './testing/build-layer.ts';
import { directory, file } from './testing/layer-entry.ts';

const formats: readonly LayerFormat[] = ['none', 'gzip', 'zstd'];
const seekable = ['estargz', 'zstd:chunked'] as const;
const contents = Array.from({ length: 3 }, () => randomBytes(900_000));
const entries = [directory('d'), ...contents.map((content, index) => file(`d/${index}`, content))];

/** Reads a source: its events, and after the event of each file the chunks of its content. */
type Read = (signal: AbortSignal | undefined) => AsyncGenerator<unknown>;

/** A kind of source. */
interface Source {
  readonly name: string;
  /** Puts it into the scratch folder; a bad one ends with an error half-way. */
  prepare(bad: boolean): Promise<Read>;
}

let scratch: string;
let url: string;
/** It reads the files in this process: what a client leaves open shows as the server's file and socket too. */
const server = createServer((request, response) => {
  const [, start, end] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
  const range = start === undefined ? {} : { start: Number(start), end: Number(end) };
  pipeline(createReadStream(join(scratch, request.url ?? ''), range), response).catch(() => response.destroy());
});

async function* eventsAndChunks(events: AsyncIterable<FileEvent>): AsyncGenerator<unknown> {
  for await (const event of events) {
    yield event;
    if (event.kind === 'file') yield* event.content;
  }
}

/** How stored bytes are fetched: as a file, or from a server by a socket of its own. */
type Fetch = (
  name: string,
  range: { start: number; end: number } | undefined,
) => (signal?: AbortSignal) => AsyncIterable<Uint8Array>;

const fromFile: Fetch = (name, range) => () =>
  createReadStream(join(scratch, name), {
    highWaterMark: 16_384,
    ...(range && { start: range.start, end: range.end - 1 }),
  });

const fromSocket: Fetch = (name, range) =>
  async function* fetched(signal) {
    const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end - 1}` };
    const request = get(`${url}/${name}`, { agent: false, headers, ...(signal && { signal }) });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    try {
      yield* response as AsyncIterable<Uint8Array>;
    } finally {
      response.destroy();
    }
  };

function blobSource(format: LayerFormat, fetch: Fetch, transport: string): Source {
  return {
    name: `a layer (${format}) ${transport}`,
    async prepare(bad) {
      const layer = buildLayer(entries, { format });
      await writeFile(join(scratch, 'blob'), bad ? layer.bytes.subarray(0, 1_500_000) : layer.bytes);
      const open: LayerBlob['open'] = (options) => fetch('blob', undefined)(options?.signal);
      return (signal) => eventsAndChunks(walkLayer({ mediaType: layer.mediaType, open }, signal && { signal }));
    },
  };
}

function seekableSource(format: 'estargz' | 'zstd:chunked', fetch: Fetch, transport: string): Source {
  return {
    name: `a seekable layer (${format}) ${transport}`,
    async prepare(bad) {
      const layer = buildLayer(entries, { format });
      const stored = bad ? Buffer.from(layer.bytes).fill(0, 1_500_000, 1_500_100) : layer.bytes;
      await writeFile(join(scratch, 'blob'), stored);
      const readRange: SeekableBlob['readRange'] = (start, end, options) =>
        fetch('blob', { start, end })(options?.signal);
      return async function* read(signal) {
        const opened = await openSeekableLayer({ ...layer, readRange }, signal && { signal });
        yield* eventsAndChunks(opened!.walk(signal && { signal }));
      };
    },
  };
}

function directorySource(layout: 'rootfs' | 'overlay'): Source {
  return {
    name: `a directory (${layout})`,
    async prepare(bad) {
      const root = join(scratch, 'tree');
      await mkdir(join(root, 'd'), { recursive: true });
      for (const [index, content] of contents.entries()) await writeFile(join(root, `d/${index}`), content);
      const limits = bad ? { totalBytes: 1_500_000 } : {};
      // Not every machine has getfattr, and what it says does not matter here.
      const options = { layout, getfattr: 'true', limits } as const;
      return (signal) => eventsAndChunks(walkDirectory(root, { ...options, ...(signal && { signal }) }));
    },
  };
}

const storageSource: Source = {
  name: 'a layer of containers/storage',
  async prepare(bad) {
    const folder = new StorageFolder(join(scratch, 'storage'));
    await mkdir(folder.root);
    await folder.make();
    await folder.store(Object.fromEntries(contents.map((content, index) => [`d/${index}`, content])));
    if (bad) await writeFile(join(folder.root, folder.diff, 'd/1'), 'short');
    const storage = await openContainersStorage(folder.root);
    return (signal) => eventsAndChunks(walkLayer(storage.layers[0]!, signal && { signal }));
  },
};

const sources: readonly Source[] = [
  ...formats.map((format) => blobSource(format, fromFile, 'in a file')),
  ...formats.map((format) => blobSource(format, fromSocket, 'from a server')),
  ...seekable.map((format) => seekableSource(format, fromFile, 'in a file')),
  ...seekable.map((format) => seekableSource(format, fromSocket, 'from a server')),
  ...[directorySource('rootfs'), directorySource('overlay'), storageSource],
];

/** Bytes of content to read before something happens: within the first file, and within the second. */
const places = [1, 1_000_000];

describe.each(sources)('$name leaves nothing open', (source) => {
  let before: string[];

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'leaving-sources-'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    before = activeResources();
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    await rm(scratch, { recursive: true });
  });

  /** What is open because of the source: files of this process, sockets, timers, children. */
  function open(): string[] {
    const left = activeResources();
    for (const name of before) if (left.includes(name)) left.splice(left.indexOf(name), 1);
    return [...openBelow(scratch), ...left];
  }

  /** Reads until so many bytes have come, then does `act` once. */
  async function readTo(place: number, reading: AsyncGenerator<unknown>, act: () => 'leave' | 'go on'): Promise<void> {
    let [bytes, acted] = [0, false];
    for await (const item of reading) {
      if (item instanceof Uint8Array) bytes += item.byteLength;
      if (acted || bytes < place) continue;
      acted = true;
      expect(open()).not.toEqual([]);
      if (act() === 'leave') return;
    }
    expect(acted).toBe(true);
  }

  /** Streams and sockets of Node say that they are destroyed some turns of the event loop before they are closed. */
  async function nothingLeft(): Promise<void> {
    for (let turn = 0; turn < 1000 && open().length > 0; turn++) await setImmediate();
    expect(open()).toEqual([]);
  }

  it('when the loop is left', async () => {
    const read = await source.prepare(false);
    for (const place of places) {
      await readTo(place, read(undefined), () => 'leave');
      await nothingLeft();
    }
  });

  it('when it is aborted', async () => {
    const read = await source.prepare(false);
    for (const place of places) {
      const controller = new AbortController();
      const reason = new Error('enough');
      const reading = readTo(place, read(controller.signal), () => {
        controller.abort(reason);
        return 'go on';
      });
      await expect(reading).rejects.toBe(reason);
      await nothingLeft();
    }
  });

  it('after an error', async () => {
    const read = await source.prepare(true);
    const reading = readTo(places[0]!, read(undefined), () => 'go on');
    await expect(reading).rejects.toThrow(ExtractError);
    await nothingLeft();
  });

  it('at the end', async () => {
    const read = await source.prepare(false);
    await readTo(places[0]!, read(undefined), () => 'go on');
    await nothingLeft();
  });
});
