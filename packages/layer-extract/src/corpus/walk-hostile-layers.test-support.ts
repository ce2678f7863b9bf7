import type { FileEvent } from '../event/file-event.ts';
import { type AtHand, nextAtHand } from '../event/flatten.ts';
import { walkLayer } from '../event/walk-layer.ts';
import { ExtractError } from '../extract-error.ts';
import { indexLayer } from '../layer-index/index-layer.ts';
import { type MergeOptions, mergeLayers } from '../merge/merge-layers.ts';
import type { HostileLayer } from './hostile-layer.test-support.ts';
import { hostileLayers } from './hostile-layers.test-support.ts';

/** What became of one archive. */
export interface HostileOutcome {
  readonly name: string;
  /** In the form of `HostileLayer.expected`. */
  readonly events: readonly string[];
  /** CPU time of all threads, milliseconds: what another process costs does not count. */
  readonly cpuMs: number;
  /** Peak of the process so far, bytes. */
  readonly peakRss: number;
}

const fewEvents = 10;
/** How many links of an archive are followed. */
const followedLinks = 2000;

/** Walks, indexes and merges one archive, and follows its links. */
export async function walkHostileLayer(layer: HostileLayer): Promise<HostileOutcome> {
  const start = process.cpuUsage();
  const lines: string[] = [];
  const counts = new Map<string, number>();
  const mediaType = layer.mediaType ?? 'application/vnd.oci.image.layer.v1.tar';
  const open = async function* (): AsyncGenerator<Uint8Array> {
    yield* layer.bytes();
  };
  let failure: string | undefined;
  try {
    const options = { limits: layer.limits ?? {} };
    const note = async (event: FileEvent): Promise<void> => {
      lines.push(await describeEvent(event));
    };
    const count = (event: FileEvent): boolean => {
      counts.set(event.kind, (counts.get(event.kind) ?? 0) + 1);
      return lines.length <= fewEvents;
    };
    await mergeEvents(noted(walkLayer({ mediaType, open }, options), count, note), options);
  } catch (error) {
    failure = error instanceof ExtractError ? `error ${error.code}` : `unexpected ${String(error)}`;
  }
  const counted = [...counts].map(([kind, count]) => `${kind} × ${count}`).sort();
  const events = lines.length > fewEvents ? counted : lines;
  const { user, system } = process.cpuUsage(start);
  const peakRss = process.resourceUsage().maxRSS * 1024;
  const outcome = { name: layer.name, cpuMs: (user + system) / 1000, peakRss };
  return { ...outcome, events: failure === undefined ? events : [...events, failure] };
}

/**
 * Shows each event before it is passed on, at hand where it was: with millions of them a generator in between would be a
 * fifth of what is measured.
 *
 * @param count told of every event; says whether it is to be noted
 */
function noted(
  events: AsyncGenerator<FileEvent, void> & Partial<AtHand<FileEvent>>,
  count: (event: FileEvent) => boolean,
  note: (event: FileEvent) => Promise<void>,
): AsyncIterable<FileEvent> {
  let few = true;
  const iterator: AsyncIterator<FileEvent, void> & AtHand<FileEvent> = {
    async next() {
      const step = await events.next();
      if (step.done === true) return step;
      few = count(step.value);
      if (few) await note(step.value);
      return step;
    },
    [nextAtHand]() {
      const event = few ? undefined : events[nextAtHand]?.();
      if (event !== undefined) count(event);
      return event;
    },
    return: async () => await events.return(),
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

async function mergeEvents(walked: AsyncIterable<FileEvent>, options: MergeOptions): Promise<void> {
  const { events, index } = indexLayer(walked, options);
  for await (const event of events) void event;
  const view = mergeLayers([index()], options);
  let followed = 0;
  for (const link of view.links()) {
    view.resolve(link.path);
    if (++followed === followedLinks) break;
  }
}

async function describeEvent(event: FileEvent): Promise<string> {
  const path = event.path.length > 40 ? `${event.path.slice(0, 40)}…` : event.path;
  if (event.kind === 'symlink' || event.kind === 'hardlink') {
    return `${event.kind} ${path} -> ${event.target.length > 40 ? `${event.target.slice(0, 40)}…` : event.target}`;
  }
  if (event.kind !== 'file') return `${event.kind} ${path}`;
  const content = event.size <= 16 ? ` = ${Buffer.from(await event.content.peek(16)).toString('latin1')}` : '';
  return `file ${path} ${event.size}${content}`;
}

// As a program: one line for each archive named, so that the caller knows where it hangs.
if (process.argv[1] === import.meta.filename) {
  for (const name of process.argv.slice(2)) {
    const layer = hostileLayers.find((candidate) => candidate.name === name);
    if (layer === undefined) throw new Error(`no hostile layer ${name}`);
    console.log(JSON.stringify(await walkHostileLayer(layer)));
  }
}
