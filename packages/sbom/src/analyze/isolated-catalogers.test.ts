import { describe, expect, it, onTestFinished } from 'vitest';
import { answerNeeds } from '../assemble/answer-needs.ts';
import { contentOf, eventsOf } from '../assemble/image.test-support.ts';
import type { Cataloger, RandomAccess } from '../catalog/cataloger.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import { createWorkerIsolation } from '../worker/worker-isolation.ts';
import { analyzeLayer } from './analyze-layer.ts';
import { createByteBudget } from './byte-budget.ts';
import type { IsolatedExtraction, IsolatedResult, Isolation } from './isolation.ts';
import type { Scratch } from './scratch.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (value: string): Uint8Array => new TextEncoder().encode(value);
const header = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function cataloger(name: string, parts: Partial<Cataloger> = {}): Cataloger {
  return {
    ...{ name, version: '1', select: { path: (_, kind) => kind === 'file' }, isolate: { deadline: 1_000, from: 0 } },
    extract: () => Promise.reject(new Error(`${name} ran here`)),
    assemble: () => [],
    ...parts,
  };
}

async function read(content: Uint8Array | RandomAccess): Promise<string> {
  return text(content instanceof Uint8Array ? content : await content.read(0, content.size));
}

/** An isolation in this thread that says what the files hold and notes how it got them. */
function isolationOf(
  extract: (task: IsolatedExtraction, parts: readonly string[]) => Promise<Partial<IsolatedResult>> = async (
    _,
    parts,
  ) => ({
    facts: parts.join('+'),
  }),
  parallel = 2,
): Isolation & { readonly ways: string[] } {
  const ways: string[] = [];
  return {
    ways,
    parallel,
    async extract(task) {
      ways.push(...task.files.map(({ content }) => (content instanceof Uint8Array ? 'bytes' : 'reads')));
      const parts: string[] = [];
      for (const { content } of task.files) {
        parts.push(await read(content));
        // What was given away may be gone at any time.
        if (content instanceof Uint8Array) (content.buffer as ArrayBuffer).transfer(0);
      }
      return { facts: undefined, problems: [], ...(await extract(task, parts)) };
    },
  };
}

const scratch: Scratch = {
  async store(content) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk.slice());
    const all = Buffer.concat(chunks);
    return {
      size: all.length,
      read: async (offset, length) => all.subarray(offset, offset + length),
      close: async () => undefined,
    };
  },
};

describe('analyzeLayer with an isolation', () => {
  it('runs the catalogers there that ask for it, and only those', async () => {
    const here = cataloger('here', { extract: async (file) => text(await file.bytes(10)) });
    const { isolate: _, ...unasked } = here;
    const seen: string[] = [];
    const isolation = isolationOf(async ({ cataloger: id, deadline, files }, parts) => {
      seen.push(`${id} ${deadline} ${files[0].path}`);
      return { facts: `there: ${parts}`, problems: [{ code: 'malformed', reason: 'a bit' }] };
    });
    const { paths, problems } = await analyzeLayer(eventsOf({ f: 'abc', d: { directory: true } }), {
      ...{ catalogers: [unasked, cataloger('apart')], isolation },
    });
    expect(paths).toEqual([{ path: 'f', kind: 'file', facts: { apart: 'there: abc', here: 'abc' } }]);
    expect(problems).toEqual([{ cataloger: 'apart', path: 'f', code: 'malformed', reason: 'a bit' }]);
    expect(seen).toEqual(['apart@1 1000 f']);
  });

  it('reads a small file here unless the cataloger says how small: what it can cost is not worth a worker', async () => {
    const isolation = isolationOf();
    const extract: Cataloger['extract'] = async (file) => `here: ${(await file.bytes(100_000)).length}`;
    const usual = cataloger('usual', { isolate: { deadline: 1_000 }, extract });
    const { paths } = await analyzeLayer(eventsOf({ small: 'x'.repeat(32 * 1024 - 1), large: 'x'.repeat(32 * 1024) }), {
      ...{ catalogers: [usual], isolation },
    });
    expect(paths.map(({ path, facts }) => [path, String(facts.usual).slice(0, 11)])).toEqual([
      ['large', 'xxxxxxxxxxx'],
      ['small', 'here: 32767'],
    ]);
  });

  it('gives away the bytes of the last and copies for the others, within the budget', async () => {
    const isolation = isolationOf();
    const catalogers = [cataloger('a'), cataloger('b'), cataloger('c')];
    const facts = { a: '12345', b: '12345', c: '12345' };
    for (const [total, ways] of [
      [10, ['bytes', 'bytes', 'bytes']],
      [9, ['reads', 'reads', 'bytes']],
    ] as const) {
      const budget = createByteBudget(total);
      const { paths } = await analyzeLayer(eventsOf({ f: '12345' }), { catalogers, isolation, budget });
      expect(paths[0]?.facts).toEqual(facts);
      expect(isolation.ways.splice(0)).toEqual(ways);
      expect(budget.held).toBe(0);
    }
    const { paths } = await analyzeLayer(eventsOf({ f: '12345' }), {
      ...{ catalogers, isolation, budget: createByteBudget(4), scratch },
    });
    expect(paths[0]?.facts).toEqual(facts);
    expect(isolation.ways).toEqual(['reads', 'reads', 'reads']);
  });

  it('goes on with the layer meanwhile, as far as budget and number allow', async () => {
    const waiting: (() => void)[] = [];
    let most = 0;
    const isolation = isolationOf(async (_, parts) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      most = Math.max(most, waiting.length);
      return { facts: parts[0] };
    });
    let passed = 0;
    async function* events(): AsyncIterable<LayerEvent> {
      for (; passed < 20; passed += 1) {
        const bytes = bytesOf(`file ${passed}`);
        yield { kind: 'file', path: `f${passed}`, ...header, size: bytes.length, content: contentOf(bytes) };
      }
    }
    const analyzed = analyzeLayer(events(), { catalogers: [cataloger('slow')], isolation });
    while (waiting.length < 5) await tick();
    for (let turn = 0; turn < 20; turn += 1) await tick();
    expect([passed, waiting.length]).toEqual([4, 5]);
    let done = false;
    const { paths } = await Promise.race([
      analyzed.finally(() => {
        done = true;
      }),
      (async () => {
        for (; !done; await tick()) waiting.shift()?.();
        return analyzed;
      })(),
    ]);
    expect(paths).toHaveLength(20);
    expect(paths.every(({ path, facts }) => facts.slow === `file ${path.slice(1)}`)).toBe(true);
    expect(most).toBeLessThanOrEqual(5);
  });

  it('lets the last entry of a path count, however late the first is done', async () => {
    const isolation = isolationOf(async (_, parts) => {
      for (let turn = 0; turn < (parts[0] === 'old' ? 50 : 0); turn += 1) await tick();
      return { facts: parts[0] };
    });
    async function* events(): AsyncIterable<LayerEvent> {
      yield* eventsOf({ f: 'old', 'd/x': 'old' });
      yield* eventsOf({ f: 'new', d: { link: 'e' } });
    }
    const { paths } = await analyzeLayer(events(), { catalogers: [cataloger('c')], isolation });
    expect(paths).toEqual([{ path: 'f', kind: 'file', facts: { c: 'new' } }]);
  });

  it('gives a hard link what its target will have given', async () => {
    const isolation = isolationOf(async (_, parts) => {
      for (let turn = 0; turn < 50; turn += 1) await tick();
      return { facts: parts[0] };
    });
    const { paths } = await analyzeLayer(eventsOf({ f: 'x', h: { hardlink: 'f' } }), {
      ...{ catalogers: [cataloger('c')], isolation },
    });
    expect(paths.map(({ path, facts }) => [path, facts.c])).toEqual([
      ['f', 'x'],
      ['h', 'x'],
    ]);
  });

  it('extracts a group there as one, the main file first, and what lies behind a link', async () => {
    const isolation = isolationOf();
    const database = cataloger('db', {
      select: { path: (path) => path.startsWith('db'), group: (path) => path.replace(/-wal$/, '') },
    });
    const grouped = await analyzeLayer(eventsOf({ 'db-wal': 'w', db: 'd' }), { catalogers: [database], isolation });
    expect(grouped.paths.find(({ path }) => path === 'db')?.facts).toEqual({ db: 'd+w' });
    const need = { kind: 'need', cataloger: 'db', wantedAs: 'db', files: [{ path: 'data', layer: 0 }] } as const;
    const openLayer = (): AsyncIterable<LayerEvent> => eventsOf({ data: 'linked' });
    const answers = await answerNeeds([need, need], { catalogers: [database], isolation, openLayer });
    expect(answers.map(({ facts }) => facts)).toEqual(['linked', 'linked']);
  });

  it('reports a body that fits neither budget nor scratch for each cataloger', async () => {
    const budget = createByteBudget(4);
    const { problems } = await analyzeLayer(eventsOf({ f: '12345' }), {
      ...{ catalogers: [cataloger('a'), cataloger('b')], isolation: isolationOf(), budget },
    });
    expect(problems).toMatchObject([
      { cataloger: 'a', code: 'too-large' },
      { cataloger: 'b', code: 'too-large' },
    ]);
  });

  it('ends the layer when the isolation cannot work, when the source breaks, and when it is aborted', async () => {
    const budget = createByteBudget(1_000);
    const catalogers = [cataloger('c')];
    const broken = new Error('no such module');
    const failing = isolationOf(() => Promise.reject(broken));
    await expect(analyzeLayer(eventsOf({ a: '1', b: '2' }), { catalogers, isolation: failing, budget })).rejects.toBe(
      broken,
    );

    const stuck: Isolation = {
      parallel: 2,
      extract: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
    };
    const lost = new Error('connection lost');
    async function* breaking(): AsyncIterable<LayerEvent> {
      yield* eventsOf({ a: '1' });
      throw lost;
    }
    await expect(analyzeLayer(breaking(), { catalogers, isolation: stuck, budget })).rejects.toBe(lost);

    const controller = new AbortController();
    const aborted = analyzeLayer(eventsOf({ a: '1' }), {
      catalogers,
      isolation: stuck,
      budget,
      signal: controller.signal,
    });
    const reason = new Error('shutting down');
    setImmediate(() => controller.abort(reason));
    await expect(aborted).rejects.toBe(reason);
    expect(budget.held).toBe(0);
  });

  it('gives with threads what it gives without', async () => {
    const module = new URL('../worker/serving.test-support.ts', import.meta.url);
    const isolation = createWorkerIsolation({ workers: 2, module });
    onTestFinished(() => isolation.close());
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    const [bytes, stream] = ['bytes', 'stream'].map((name) =>
      cataloger(name, { extract: async (file) => hex(await file.bytes(1_000)) }),
    ) as [Cataloger, Cataloger];
    const layer = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, `content ${index}`]));
    const catalogers = [stream, bytes];
    const apart = await analyzeLayer(eventsOf(layer), { catalogers, isolation });
    expect(JSON.stringify(apart)).toBe(JSON.stringify(await analyzeLayer(eventsOf(layer), { catalogers })));
    expect(apart.problems).toEqual([]);
  });
});

describe('a group while the budget is short', () => {
  const database = cataloger('db', {
    select: { path: (path) => path.startsWith('db'), group: (path) => path },
    extract: async (file) => text(await file.bytes(10)),
  });
  const whole = cataloger('whole', {
    select: { path: (path) => path.startsWith('w') },
    extract: async (file) => text(await file.bytes(10)),
  });
  const layer = { db: '123', w: '456' };

  it('goes to scratch, so that two layers never wait for each other', async () => {
    const budget = createByteBudget(4);
    const analyze = () => analyzeLayer(eventsOf(layer), { catalogers: [database, whole], budget, scratch });
    const [one, other] = await Promise.all([analyze(), analyze()]);
    expect(one.paths.map(({ facts }) => facts)).toEqual([{ db: '123' }, { whole: '456' }]);
    expect(one).toEqual(other);
    expect(budget.held).toBe(0);
  });

  it('costs the file that does not fit where there is no scratch', async () => {
    const budget = createByteBudget(4);
    const { paths, problems } = await analyzeLayer(eventsOf(layer), { catalogers: [database, whole], budget });
    expect(paths.map(({ facts }) => facts)).toEqual([{ db: '123' }, {}]);
    expect(problems).toMatchObject([{ cataloger: 'whole', path: 'w', code: 'too-large' }]);
    expect(budget.held).toBe(0);
  });
});
