import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompress } from './decompress/decompress.ts';
import { walkLayer } from './event/walk-layer.ts';
import { ExtractError } from './extract-error.ts';
import { type ExtractLimits, extractLimits } from './extract-limits.ts';
import { blobOf, collect, readAll } from './layer.test-support.ts';
import { indexLayer } from './layer-index/index-layer.ts';
import { mergeLayers } from './merge/merge-layers.ts';
import { openSeekableLayer } from './seekable/open-seekable-layer.ts';
import { buildLayer } from './testing/build-layer.ts';
import { directory, file, type LayerEntry, symlink, whiteout } from './testing/layer-entry.ts';
import { buildTar } from './testing/write-tar.ts';

type Limits = Partial<ExtractLimits>;

/** What comes of reading under limits: `fine`, an error's code, or the first problem. */
async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    const found = await work();
    return typeof found === 'string' ? found : 'fine';
  } catch (error) {
    if (error instanceof ExtractError) return error.code;
    throw error;
  }
}

/** Walks a layer and indexes it. */
function walked(entries: readonly LayerEntry[]): (limits: Limits) => Promise<unknown> {
  const layer = buildLayer(entries, { format: 'none' });
  return async (limits) => {
    let found: string | undefined;
    const { events } = indexLayer(walkLayer(layer, { limits }), { limits });
    for await (const event of events) if (event.kind === 'problem') found ??= event.reason;
    return found;
  };
}

const unpacked =
  (bytes: Uint8Array) =>
  (limits: Limits): Promise<Buffer> =>
    readAll(decompress(blobOf(bytes).open(), { limits }));

async function resolved(limits: Limits): Promise<unknown> {
  const links = ['a -> b', 'b -> c', 'c -> d'].map((text) => text.split(' -> ') as [string, string]);
  const { events, index } = indexLayer(walkLayer(buildLayer([...links.map(([a, b]) => symlink(a, b)), file('d')])));
  await collect(events);
  return mergeLayers([index()], { limits }).resolve('a') === undefined ? 'nothing' : 'fine';
}

async function stalled(limits: Limits): Promise<unknown> {
  async function* slow(): AsyncGenerator<Uint8Array> {
    await new Promise((resolve) => setTimeout(resolve, 60));
    yield Buffer.from('plain');
  }
  return await readAll(decompress(slow(), { limits }));
}

const zeros = Buffer.alloc(4 * 1024 * 1024);
const tar = buildTar([file('a', 'x'.repeat(5000))]);

interface Case {
  /** What just passes. */
  readonly enough: Limits;
  /** What does not. */
  readonly tooLittle: Limits;
  readonly outcome: string | RegExp;
  readonly read: (limits: Limits) => Promise<unknown>;
}

const tooMuch = 'LIMIT_EXCEEDED';
const cases: Readonly<Record<keyof ExtractLimits, Case>> = {
  entries: {
    ...{ enough: { entries: 3 }, tooLittle: { entries: 2 }, outcome: tooMuch },
    read: walked([directory('d'), file('d/a'), file('d/b')]),
  },
  pathBytes: {
    ...{ enough: { pathBytes: 10 }, tooLittle: { pathBytes: 9 }, outcome: /longer than 9 bytes/ },
    read: walked([file('0123456789')]),
  },
  pathDepth: {
    ...{ enough: { pathDepth: 3 }, tooLittle: { pathDepth: 2 }, outcome: /more than 2 names/ },
    read: walked([file('a/b/c')]),
  },
  headerBytes: {
    ...{ enough: { headerBytes: 4000 }, tooLittle: { headerBytes: 2000 }, outcome: tooMuch },
    read: walked([file('a', '', { xattrs: { 'user.note': 'x'.repeat(2500) } })]),
  },
  totalBytes: {
    ...{ enough: { totalBytes: tar.byteLength }, tooLittle: { totalBytes: tar.byteLength - 1 }, outcome: tooMuch },
    read: unpacked(gzipSync(tar)),
  },
  ratio: {
    ...{ enough: { ratio: 2000, ratioFloorBytes: 0 }, tooLittle: { ratio: 200, ratioFloorBytes: 0 }, outcome: tooMuch },
    read: unpacked(gzipSync(zeros)),
  },
  ratioFloorBytes: {
    ...{ enough: { ratioFloorBytes: zeros.byteLength }, tooLittle: { ratioFloorBytes: 1000 }, outcome: tooMuch },
    read: unpacked(gzipSync(zeros)),
  },
  windowLogMax: {
    ...{ enough: { windowLogMax: 21 }, tooLittle: { windowLogMax: 10 }, outcome: tooMuch },
    read: unpacked(zstdCompressSync(zeros)),
  },
  linkDepth: { enough: { linkDepth: 3 }, tooLittle: { linkDepth: 2 }, outcome: 'nothing', read: resolved },
  linkTextBytes: {
    ...{ enough: { linkTextBytes: 15 }, tooLittle: { linkTextBytes: 14 }, outcome: tooMuch },
    read: walked([symlink('link', 'target'), whiteout('a/old')]),
  },
  idleMs: { enough: { idleMs: 30_000 }, tooLittle: { idleMs: 10 }, outcome: tooMuch, read: stalled },
};

describe('the limits of a layer', () => {
  it.each(Object.entries(cases))('%s can be given, and says when it is passed', async (_, limit) => {
    expect(await outcomeOf(() => limit.read({ ...extractLimits, ratioFloorBytes: 2 ** 30 }))).toBe('fine');
    expect(await outcomeOf(() => limit.read(limit.enough))).toBe('fine');
    expect(await outcomeOf(() => limit.read(limit.tooLittle))).toMatch(limit.outcome);
  });

  it('are each tested, and each has one row in the README', async () => {
    const { readFile } = await import('node:fs/promises');
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    const table = readme.slice(readme.indexOf('## Limits'), readme.indexOf('## Hostile layers'));
    const rows = [...table.matchAll(/^\| `([a-zA-Z]+)` +\| ([^|]+?) +\|/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(extractLimits).sort());
    expect(Object.keys(cases).sort()).toEqual(Object.keys(extractLimits).sort());
    const units = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;
    for (const [, name, text = ''] of rows) {
      const [, number = '', unit] = /^([\d ]+?)(?: ([KMG]iB|ms))?$/.exec(text) ?? [];
      const factor = unit === undefined || unit === 'ms' ? 1 : units[unit as keyof typeof units];
      expect(Number(number.replaceAll(' ', '')) * factor, name).toBe(extractLimits[name as keyof ExtractLimits]);
    }
  });
});

describe('idleMs of a seekable layer', () => {
  it('ends a request that gives nothing, and says where', async () => {
    const layer = buildLayer([file('a', 'text'), file('b', 'more')], { format: 'estargz' });
    let hang = false;
    async function* readRange(start: number, end: number): AsyncGenerator<Uint8Array> {
      if (hang) await new Promise<never>(() => undefined);
      yield layer.bytes.subarray(start, end);
    }
    const seekable = await openSeekableLayer({ ...layer, readRange }, { limits: { idleMs: 20 } });
    hang = true;
    const walking = (async () => {
      for await (const event of seekable!.walk({ select: (path) => path === 'b' })) {
        if (event.kind === 'file' && event.selected) await readAll(event.content);
      }
    })();
    const error = await walking.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', message: expect.stringContaining('idleMs 20') });
    expect((error as ExtractError).offset).toBeGreaterThan(0);
    await expect(openSeekableLayer({ ...layer, readRange }, { limits: { idleMs: 20 } })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });
});
