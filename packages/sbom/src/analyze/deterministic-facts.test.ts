import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf } from '../assemble/image.test-support.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import type { LayerEvent } from '../catalog/layer-event.ts';
import { analyzeLayer } from './analyze-layer.ts';
import type { Isolation } from './isolation.ts';
import { maxLayerProblems, ProblemList } from './problem-list.ts';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const header = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Each takes its time, and has something to complain about. */
function catalogersWith(pace: readonly number[]): Cataloger[] {
  const ways: Record<string, Cataloger['extract']> = {
    bytes: async (file) => text(await file.bytes(1_000)),
    random: async (file) => {
      const access = await file.random();
      return text(await access.read(0, access.size));
    },
    stream: async (file) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.stream()) chunks.push(chunk);
      return text(Buffer.concat(chunks));
    },
  };
  return Object.entries(ways).map(
    ([name, extract], index): Cataloger => ({
      ...{ name, version: '1', assemble: () => [] },
      select: { names: ['f', 'g'], ...(name === 'stream' && { magic: (head) => head[0] === 0x61 }) },
      ...(name === 'random' && { isolate: { deadline: 1_000, from: 0 } }),
      async extract(file, context) {
        await turns(pace[index] ?? 0);
        const facts = await extract(file, context);
        if (String(facts).includes('b')) context.problem('malformed', `${name} found b`);
        return facts;
      },
    }),
  );
}

/** Runs a cataloger in this thread, in its own time. */
function isolationFor(catalogers: readonly Cataloger[], pace: number): Isolation {
  return {
    parallel: 3,
    async extract({ cataloger: id, files }, { signal }) {
      const cataloger = catalogers.find(({ name, version }) => `${name}@${version}` === id) as Cataloger;
      const [{ content, ...file }] = files;
      const bytes = content instanceof Uint8Array ? content : await content.read(0, content.size);
      const problems: { code: 'malformed'; reason: string }[] = [];
      await turns(pace);
      const access = { size: bytes.length, read: async () => bytes };
      const selected = { ...file, kind: 'file' as const, random: async () => access };
      const context = {
        signal,
        group: new Map(),
        problem: (_: unknown, reason: string) => void problems.push({ code: 'malformed', reason }),
      };
      const facts = await cataloger.extract(selected as never, context as never);
      return { facts, problems };
    },
  };
}

const path = fc.constantFrom('f', 'g', 'd/f', 'd/e/g', 'other', 'd');
const entry = fc.oneof(
  fc.record({ path, body: fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }) }),
  fc.record({ path, target: path }),
);

describe('the facts of a layer', () => {
  it('are byte for byte the same, whatever the order, the pace and the place of the catalogers and the chunks', async () => {
    const run = async (
      entries: readonly ({ path: string; body: string } | { path: string; target: string })[],
      { order, pace, chunkLength, isolated }: { order: number; pace: number[]; chunkLength: number; isolated: boolean },
    ): Promise<string> => {
      async function* events(): AsyncIterable<LayerEvent> {
        for (const made of entries) {
          if ('target' in made) yield { kind: 'hardlink', path: made.path, ...header, target: made.target };
          else {
            const bytes = new TextEncoder().encode(made.body);
            const content = contentOf(bytes, chunkLength);
            yield { kind: 'file', path: made.path, ...header, size: bytes.length, content };
          }
        }
      }
      const made = catalogersWith(pace);
      const catalogers = [...made.slice(order), ...made.slice(0, order)];
      const isolation = isolated ? { isolation: isolationFor(catalogers, pace[0] ?? 0) } : {};
      return JSON.stringify(await analyzeLayer(events(), { catalogers, ...isolation }));
    };
    const way = fc.record({
      ...{ order: fc.nat(2), pace: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }) },
      ...{ chunkLength: fc.integer({ min: 1, max: 20 }), isolated: fc.boolean() },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), way, way, async (entries, one, other) => {
        expect(await run(entries, one)).toBe(await run(entries, other));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('name the first problems by place in the layer, not by time', () => {
    const problem = (position: number) =>
      ({ cataloger: 'c', path: `${position}`, code: 'malformed', reason: 'r' }) as const;
    const list = new ProblemList();
    const count = 3 * maxLayerProblems;
    for (let position = count - 1; position >= 0; position -= 1) list.add(problem(position), position);
    const built = list.build();
    expect(built.slice(0, -1).map(({ path }) => path)).toEqual(
      Array.from({ length: maxLayerProblems }, (_, at) => `${at}`),
    );
    expect(built.at(-1)?.reason).toBe(`${count - maxLayerProblems} more problems are not listed`);
  });
});
