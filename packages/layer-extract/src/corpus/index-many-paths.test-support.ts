import { setImmediate } from 'node:timers/promises';
import { indexLayer } from '../layer-index/index-layer.ts';
import type { IndexedEvent } from '../layer-index/layer-index-builder.ts';
import { encodeLayerIndex } from '../layer-index/layer-index-codec.ts';

/** What the index of a large layer takes, in bytes. */
export interface ManyPaths {
  /** As a cache keeps it. */
  readonly encodedBytes: number;
  /** As the process holds it, once everything else of the indexing is gone: its heap and what lies beside it. */
  readonly heldBytes: number;
  /** Peak of the process while it indexed, before anything was encoded. */
  readonly peakRss: number;
}

/** Indexes files in directories of a hundred, as the largest images have them. */
async function indexPaths(count: number): Promise<ManyPaths> {
  const before = await heldNow();
  const { events, index } = indexLayer(files(count));
  for await (const event of events) void event;
  const built = index();
  const peakRss = process.resourceUsage().maxRSS * 1024;
  const heldBytes = (await heldNow()) - before;
  return { encodedBytes: encodeLayerIndex(built).byteLength, heldBytes, peakRss };
}

async function* files(count: number): AsyncGenerator<IndexedEvent> {
  for (let number = 0; number < count; number++) {
    yield { kind: 'file', path: `srv/app/node_modules/${Math.floor(number / 100)}/file-${number}.js` };
  }
}

async function heldNow(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('start this with --expose-gc');
  await setImmediate(); // what is only on the stack still is let go
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// As a program: one line with what that many paths take.
if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await indexPaths(Number(process.argv[2]))));
