import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../layer.test-support.ts';
import { indexLayer } from '../layer-index/index-layer.ts';
import type { LayerIndex } from '../layer-index/layer-index.ts';
import type { IndexedEvent } from '../layer-index/layer-index-builder.ts';
import { mergeLayers } from './merge-layers.ts';

interface Node {
  readonly layer: number;
  readonly directory: boolean;
}

const names = ['a', 'b', 'c'];
const allPaths = names.flatMap((first) => [
  first,
  ...names.flatMap((second) => [`${first}/${second}`, ...names.map((third) => `${first}/${second}/${third}`)]),
]);

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

const isBelow = (path: string, directory: string): boolean => directory === '' || path.startsWith(`${directory}/`);

/**
 * Unpacks layers one after the other into a map: first the removals, then the entries, each with its parents, in the
 * place of whatever else was there. A marker has parents as well.
 */
class Unpacked {
  readonly tree = new Map<string, Node>();

  apply(events: readonly IndexedEvent[], layer: number): void {
    for (const { kind, path } of events) {
      if (kind === 'whiteout' || kind === 'opaque') this.#remove(path, kind === 'whiteout');
    }
    for (const { kind, path } of events) {
      for (const parent of parentsOf(kind === 'opaque' ? `${path}/x` : path)) this.#write(parent, layer, true);
      if (kind !== 'whiteout' && kind !== 'opaque') this.#write(path, layer, kind === 'directory');
    }
  }

  #remove(path: string, itself: boolean): void {
    for (const each of [...this.tree.keys()]) {
      if (isBelow(each, path) || (itself && each === path)) this.tree.delete(each);
    }
  }

  #write(path: string, layer: number, directory: boolean): void {
    if (path === '' || (directory && this.tree.get(path)?.directory)) return;
    if (!directory) this.#remove(path, true);
    this.tree.set(path, { layer, directory });
  }
}

const path = fc.constantFrom(...allPaths);
const event: fc.Arbitrary<IndexedEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('file' as const), path }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('directory' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('symlink' as const), path, target: path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('whiteout' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('opaque' as const), path: fc.oneof(path, fc.constant('')) }) },
);
const layer = fc.uniqueArray(event, {
  maxLength: 10,
  selector: ({ kind, path }) => `${/whiteout|opaque/.test(kind)} ${path}`,
});

async function indexOf(events: readonly IndexedEvent[], seed: number): Promise<LayerIndex> {
  async function* shuffled(): AsyncGenerator<IndexedEvent> {
    yield* events.toSorted((a, b) => hash(a.path, seed) - hash(b.path, seed));
  }
  const indexed = indexLayer(shuffled());
  await collect(indexed.events);
  return indexed.index();
}

const hash = (text: string, seed: number): number =>
  Array.from(text).reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 1009, seed);

describe('mergeLayers', () => {
  it('shows what unpacking layer by layer leaves behind, whatever the order inside a layer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { maxLength: 5 }), fc.nat(1000), async (layers, seed) => {
        const model = new Unpacked();
        const indexes: LayerIndex[] = [];
        for (const [number, events] of layers.entries()) {
          // A layer that writes below what it writes as a file itself depends on the order.
          const kept = events.filter((each) => !belowOther(events, each));
          model.apply(kept, number);
          indexes.push(await indexOf(kept, seed));
        }
        const view = mergeLayers(indexes, { paths: layers.map((events) => events.map(({ path }) => path)) });
        for (const each of allPaths) {
          const node = model.tree.get(each);
          expect(view.exists(each), each).toBe(node !== undefined);
          if (node?.directory === false) expect(view.layerOf(each), each).toBe(node.layer);
        }
        for (const link of view.links()) expect(model.tree.get(link.path)?.layer).toBe(link.layer);
        for (const directory of ['', ...allPaths]) {
          for (const child of view.children(directory)) expect(model.tree.has(child), child).toBe(true);
        }
      }),
      { numRuns: 1500 },
    );
  }, 60_000);
});

function belowOther(events: readonly IndexedEvent[], { kind, path }: IndexedEvent): boolean {
  return events.some(
    (other) =>
      (other.kind === 'file' || other.kind === 'symlink') &&
      (isBelow(path, other.path) || (kind === 'opaque' && path === other.path)),
  );
}
