import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf, eventsOf } from '../assemble/image.test-support.ts';
import type { Cataloger, SelectedFile } from '../catalog/cataloger.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import { analyzeLayer } from './analyze-layer.ts';
import { createByteBudget } from './byte-budget.ts';
import { maxSelectedPaths } from './facts-builder.ts';
import { maxLayerProblems } from './problem-list.ts';
import type { Scratch } from './scratch.ts';

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function cataloger(name: string, parts: Partial<Cataloger>): Cataloger {
  return {
    name,
    version: '1',
    select: { path: (_, kind) => kind === 'file' },
    extract: async (file) => text(await file.bytes(1_000_000)),
    assemble: () => [],
    ...parts,
  };
}

async function readStream(file: SelectedFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.stream()) chunks.push(chunk);
  return text(Buffer.concat(chunks));
}

const header = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

async function* fileEvents(path: string, bytes: Uint8Array, chunkLength?: number): AsyncIterable<LayerEvent> {
  yield { kind: 'file', path, ...header, size: bytes.length, content: contentOf(bytes, chunkLength) };
}

describe('analyzeLayer', () => {
  it('keeps the facts of selected files by path and cataloger, sorted by path', async () => {
    const facts = await analyzeLayer(eventsOf({ 'b/two': '2', 'a/one': '1', skipped: 'x' }), {
      catalogers: [cataloger('reader', { select: { path: (path) => path.includes('/') } })],
    });
    expect(facts).toEqual({
      version: 1,
      catalogers: ['reader@1'],
      paths: [
        { path: 'a/one', kind: 'file', facts: { reader: '1' } },
        { path: 'b/two', kind: 'file', facts: { reader: '2' } },
      ],
      problems: [],
    });
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
  });

  it('gives every reader the whole body in one pass, by whatever way and chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 50 }),
        fc.subarray(['stream', 'bytes', 'random', 'late', 'leaves', 'ignores'] as const, { minLength: 1 }),
        async (bytes, chunkLength, ways) => {
          const expected = Buffer.from(bytes).toString('hex');
          const readers: Record<string, Cataloger['extract']> = {
            stream: async (file) => {
              const chunks = [];
              for await (const chunk of file.stream()) chunks.push(Buffer.from(chunk));
              return Buffer.concat(chunks).toString('hex');
            },
            bytes: async (file) => Buffer.from(await file.bytes(300)).toString('hex'),
            random: async (file) => {
              const access = await file.random();
              return Buffer.from(await access.read(0, access.size)).toString('hex');
            },
            late: async (file) => {
              await new Promise((resolve) => setImmediate(resolve));
              return Buffer.from(await file.bytes(300)).toString('hex');
            },
            leaves: async (file) => {
              for await (const _ of file.stream()) break;
              return expected;
            },
            ignores: async () => expected,
          };
          const catalogers = ways.map((way) => cataloger(way, { extract: readers[way] as Cataloger['extract'] }));
          const { paths } = await analyzeLayer(fileEvents('f', bytes, chunkLength), { catalogers });
          expect(paths[0]?.facts).toEqual(Object.fromEntries(ways.map((way) => [way, expected])));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('stops reading a body when no cataloger wants more of it', async () => {
    const content = contentOf(new Uint8Array(1000), 10);
    async function* events(): AsyncIterable<LayerEvent> {
      yield { kind: 'file', path: 'large', ...header, size: 1000, content };
    }
    const first = cataloger('first', {
      extract: async (file) => {
        for await (const chunk of file.stream()) return chunk.length;
        return 0;
      },
    });
    await analyzeLayer(events(), { catalogers: [first] });
    expect(content.read).toBeLessThanOrEqual(30);
  });

  it('asks nothing of a file that nobody wants where no cataloger looks at first bytes', async () => {
    const untouchable = {
      peek: () => Promise.reject(new Error('peeked at')),
      [Symbol.asyncIterator]: () => expect.unreachable(),
    };
    async function* events(): AsyncIterable<LayerEvent> {
      yield { kind: 'file', path: 'unwanted', ...header, size: 4, content: untouchable };
    }
    const byPath = cataloger('reader', { select: { path: (path) => path === 'wanted' } });
    expect((await analyzeLayer(events(), { catalogers: [byPath] })).paths).toEqual([]);
    const byHead = cataloger('elf', { select: { magic: () => false } });
    await expect(analyzeLayer(events(), { catalogers: [byPath, byHead] })).rejects.toThrow('peeked at');
  });

  it('selects by the first bytes and hands them over', async () => {
    const magic = cataloger('elf', {
      select: { magic: (head) => text(head.subarray(1, 4)) === 'ELF' },
      extract: async (file) => `${text(file.head.subarray(1, 4))} ${await readStream(file)}`,
    });
    const { paths } = await analyzeLayer(eventsOf({ 'bin/a': '\x7fELF…', 'bin/b': '#!/bin/sh' }), {
      catalogers: [magic],
    });
    expect(paths).toEqual([{ path: 'bin/a', kind: 'file', facts: { elf: 'ELF \x7fELF…' } }]);
  });

  it('takes first bytes that are in memory already without waiting for them', async () => {
    const peeked: string[] = [];
    async function* events(): AsyncIterable<LayerEvent> {
      for (const [path, inMemory] of [
        ['bin/near', true],
        ['bin/far', false],
        ['bin/not', true],
      ] as const) {
        const bytes = new TextEncoder().encode(path === 'bin/not' ? '#!' : '\x7fELF');
        const content = {
          ...contentOf(bytes),
          peek: (length: number) => {
            peeked.push(path);
            return Promise.resolve(bytes.subarray(0, length));
          },
          available: (length: number) => (inMemory ? bytes.subarray(0, length) : undefined),
        };
        yield { kind: 'file', path, ...header, size: bytes.length, content };
      }
    }
    const magic = cataloger('elf', {
      select: { magic: (head) => head[0] === 0x7f },
      extract: async (file) => `${file.head.length}`,
    });
    const { paths } = await analyzeLayer(events(), { catalogers: [magic] });
    expect(paths.map(({ path, facts }) => [path, facts.elf])).toEqual([
      ['bin/far', '4'],
      ['bin/near', '4'],
    ]);
    expect(new Set(peeked)).toEqual(new Set(['bin/far']));
  });

  it('shows directories and links by their header alone', async () => {
    const names = cataloger('names', {
      select: { path: (_, kind) => kind !== 'file' },
      extract: async (file) => `${file.kind} ${file.target ?? ''} ${(await file.bytes(10)).length}`,
    });
    const { paths } = await analyzeLayer(eventsOf({ d: { directory: true }, l: { link: 'd' } }), {
      catalogers: [names],
    });
    expect(paths.map(({ facts }) => facts.names)).toEqual(['directory  0', 'symlink d 0']);
  });

  it('turns what a cataloger throws into a problem of that file and goes on', async () => {
    const fragile = cataloger('fragile', {
      extract: async (file) => {
        if (file.path === 'bad') throw new TypeError('cannot read this');
        return file.path;
      },
    });
    const result = await analyzeLayer(eventsOf({ bad: '!', good: '' }), { catalogers: [fragile] });
    expect(result.paths).toContainEqual({ path: 'good', kind: 'file', facts: { fragile: 'good' } });
    expect(result.problems).toEqual([
      { cataloger: 'fragile', path: 'bad', code: 'malformed', reason: 'cannot read this' },
    ]);
  });

  it('rejects with the error of the source, and not with a problem, when the body breaks', async () => {
    const broken = new Error('connection lost');
    async function* events(): AsyncIterable<LayerEvent> {
      const content = Object.assign(
        (async function* () {
          yield new Uint8Array(5);
          throw broken;
        })(),
        { peek: async () => new Uint8Array(0) },
      );
      yield { kind: 'file', path: 'f', ...header, size: 10, content };
    }
    const readers = [cataloger('a', {}), cataloger('b', { extract: readStream }), cataloger('c', {})];
    await expect(analyzeLayer(events(), { catalogers: readers })).rejects.toBe(broken);
  });

  it('reports a file over the limit of its cataloger or over the byte budget as too large', async () => {
    const small = cataloger('small', { extract: (file) => file.bytes(3) });
    const greedy = cataloger('greedy', { extract: (file) => file.random() });
    const { problems } = await analyzeLayer(eventsOf({ f: '12345' }), {
      catalogers: [small, greedy],
      budget: createByteBudget(4),
    });
    expect(problems.map(({ cataloger: name, code }) => `${name} ${code}`).sort()).toEqual([
      'greedy too-large',
      'small too-large',
    ]);
  });

  it('puts a body that exceeds the budget into scratch and frees it afterwards', async () => {
    const open = new Set<Uint8Array>();
    const scratch: Scratch = {
      async store(content) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of content) chunks.push(chunk);
        const all = Buffer.concat(chunks);
        open.add(all);
        return {
          size: all.length,
          read: async (offset, length) => all.subarray(offset, offset + length),
          close: async () => void open.delete(all),
        };
      },
    };
    const random = cataloger('random', {
      extract: async (file) => {
        const access = await file.random();
        expect(open.size).toBe(1);
        return text(await access.read(2, 3));
      },
    });
    const { paths } = await analyzeLayer(eventsOf({ f: '0123456789' }), {
      ...{ catalogers: [random], budget: createByteBudget(4), scratch },
    });
    expect(paths[0]?.facts).toEqual({ random: '234' });
    expect(open.size).toBe(0);
  });

  it('gives all bytes of the budget back, also after failures', async () => {
    const budget = createByteBudget(1000);
    const failing = cataloger('failing', {
      extract: async (file) => {
        await file.bytes(100);
        throw new Error('no');
      },
    });
    await analyzeLayer(eventsOf({ a: '1', b: '2' }), { catalogers: [failing, cataloger('ok', {})], budget });
    expect(budget.held).toBe(0);
  });

  it('refuses a second look at a body', async () => {
    const twice = cataloger('twice', {
      extract: async (file) => {
        await file.bytes(10);
        return file.bytes(10);
      },
    });
    const { problems } = await analyzeLayer(eventsOf({ f: 'x' }), { catalogers: [twice] });
    expect(problems[0]?.reason).toContain('CONTENT_GONE');
  });

  describe('with several entries of one path', () => {
    async function* doubled(second: LayerEvent): AsyncIterable<LayerEvent> {
      yield* eventsOf({ 'a/b/f': 'old', other: 'kept' });
      yield second;
    }
    const paths = async (second: LayerEvent) =>
      (await analyzeLayer(doubled(second), { catalogers: [cataloger('c', {})] })).paths.map(({ path }) => path);

    it('lets the last one count', async () => {
      const content = contentOf(new TextEncoder().encode('new'));
      const { paths } = await analyzeLayer(doubled({ kind: 'file', path: 'a/b/f', ...header, size: 3, content }), {
        catalogers: [cataloger('c', {})],
      });
      expect(paths[0]).toEqual({ path: 'a/b/f', kind: 'file', facts: { c: 'new' } });
    });

    it('forgets a file that a link replaces', async () => {
      expect(await paths({ kind: 'symlink', path: 'a/b/f', ...header, target: 'x' })).toEqual(['other']);
    });

    it('forgets what lay below a directory that a file replaces, but not what a directory entry repeats', async () => {
      expect(await paths({ kind: 'symlink', path: 'a', ...header, target: 'x' })).toEqual(['other']);
      expect(await paths({ kind: 'directory', path: 'a', ...header })).toEqual(['a/b/f', 'other']);
    });

    it('gives a hard link the content its target had when it was made', async () => {
      async function* events(): AsyncIterable<LayerEvent> {
        yield* eventsOf({ f: 'old', h: { hardlink: 'f' } });
        yield* eventsOf({ f: 'new' });
      }
      const { paths: found } = await analyzeLayer(events(), { catalogers: [cataloger('c', {})] });
      expect(found).toEqual([
        { path: 'f', kind: 'file', facts: { c: 'new' } },
        { path: 'h', kind: 'hardlink', facts: { c: 'old' } },
      ]);
    });
  });

  it('takes no longer for a layer that replaces its directories again and again', async () => {
    const count = 20_000;
    async function* events(): AsyncIterable<LayerEvent> {
      for (let index = 0; index < count; index += 1) yield* eventsOf({ [`kept/${index}`]: '' });
      for (let index = 0; index < count; index += 1) {
        yield* eventsOf({ 'd/f': '' });
        yield { kind: 'symlink', path: 'd', ...header, target: 'x' };
      }
    }
    const counting = cataloger('counting', { extract: async () => 1 });
    const { paths } = await analyzeLayer(events(), { catalogers: [counting] });
    expect(paths).toHaveLength(count);
  }, 20_000);

  describe('with groups', () => {
    const database = cataloger('db', {
      select: {
        path: (path) => path.startsWith('db'),
        group: (path) => path.replace(/-wal$/, ''),
      },
      extract: async (file, { group }) => {
        const parts = [];
        for (const [path, member] of group) parts.push(`${path}=${text(await member.bytes(100))}`);
        return `${file.path}: ${parts.sort().join(' ')}`;
      },
    });

    it('extracts the members as one, in whatever order they come', async () => {
      const { paths } = await analyzeLayer(eventsOf({ 'db-wal': 'w', x: '', db: 'd' }), { catalogers: [database] });
      expect(paths.find(({ path }) => path === 'db')?.facts).toEqual({ db: 'db: db-wal=w db=d' });
    });

    it('extracts a journal alone where the main file lies in another layer', async () => {
      const { paths } = await analyzeLayer(eventsOf({ 'db-wal': 'w' }), { catalogers: [database] });
      expect(paths[0]?.facts).toEqual({ db: 'db-wal: db-wal=w' });
    });

    it('reports members that fit neither budget nor scratch and frees the others', async () => {
      const budget = createByteBudget(4);
      const { problems } = await analyzeLayer(eventsOf({ db: '123', 'db-wal': '45' }), {
        ...{ catalogers: [database], budget },
      });
      expect(problems).toMatchObject([{ cataloger: 'db', path: 'db-wal', code: 'too-large' }]);
      expect(budget.held).toBe(0);
    });
  });

  it('keeps unusable entries of the layer as problems', async () => {
    async function* events(): AsyncIterable<LayerEvent> {
      yield { kind: 'problem', path: '../../etc/passwd', reason: 'leads out of the image' };
      yield { kind: 'whiteout', path: 'gone' };
    }
    expect((await analyzeLayer(events(), { catalogers: [] })).problems).toEqual([
      { cataloger: 'layer', path: '../../etc/passwd', code: 'layer', reason: 'leads out of the image' },
    ]);
  });

  it('lists the first problems and counts the rest', async () => {
    async function* events(): AsyncIterable<LayerEvent> {
      for (let index = 0; index < maxLayerProblems + 5; index += 1) {
        yield { kind: 'problem', path: `../${index}`, reason: 'leads out of the image' };
      }
    }
    const { problems } = await analyzeLayer(events(), { catalogers: [] });
    expect(problems).toHaveLength(maxLayerProblems + 1);
    expect(problems.at(-1)).toEqual({
      ...{ cataloger: 'layer', path: '', code: 'too-large', reason: '5 more problems are not listed' },
    });
  });

  it('reads no more files than a layer may have, and says how many it left out', async () => {
    async function* events(): AsyncIterable<LayerEvent> {
      for (let index = 0; index < maxSelectedPaths + 3; index += 1) {
        yield { kind: 'directory', path: `d${index}`, ...header };
      }
    }
    const names = cataloger('names', { select: { path: () => true }, extract: async () => undefined });
    const { paths, problems } = await analyzeLayer(events(), { catalogers: [names] });
    expect(paths).toHaveLength(maxSelectedPaths);
    expect(problems).toMatchObject([{ code: 'too-large', reason: expect.stringContaining('3 more files') }]);
  }, 60_000);

  it('stops with the reason of its signal, even inside a cataloger', async () => {
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const waiting = cataloger('waiting', {
      extract: async () => {
        controller.abort(reason);
        throw new Error('something else');
      },
    });
    const work = analyzeLayer(eventsOf({ f: 'x' }), { catalogers: [waiting], signal: controller.signal });
    await expect(work).rejects.toBe(reason);
  });
});
