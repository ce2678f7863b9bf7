import { setTimeout as sleep } from 'node:timers/promises';
import { RuntimeError } from '../runtime-error.ts';
import { ChangeQueue } from './change-queue.ts';
import type { ContainerFeed } from './container-feed.ts';
import type { RunningImage } from './running-image.ts';
import type { RuntimeEvent } from './runtime-event.ts';
import type { WatchOptions } from './watch-options.ts';

const defaults = { relistAfter: 300_000, retryAfter: 250, longestRetry: 10_000 };

/**
 * Reports the containers that run, then those that start and stop, for ever.
 *
 * Events only say where to look: each makes the container be inspected, and what is reported is the difference to what
 * was reported before. So replayed, doubled and reordered events change nothing. Events are asked for before the list
 * is, so that nothing falls between the two; after an interruption the list is compared with what was known.
 *
 * Iterating throws RuntimeError only for what goes wrong before the first list and cannot pass by waiting.
 */
export async function* watchContainers(
  feed: ContainerFeed,
  options: WatchOptions = {},
): AsyncGenerator<RuntimeEvent, void, undefined> {
  const { signal } = options;
  const known = new Map<string, RunningImage>();
  let hasListed = false;
  let failures = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      for await (const event of watchOnce(feed, known, options)) {
        hasListed ||= event.type === 'listed';
        failures = 0;
        yield event;
      }
    } catch (error) {
      signal?.throwIfAborted();
      // A socket that is missing may be that of a daemon which restarts, but not when it was never there.
      if (!(error instanceof RuntimeError) || !(error.retryable || hasListed)) throw error;
      const longest = options.longestRetry ?? defaults.longestRetry;
      const retryIn = Math.min(longest, (options.retryAfter ?? defaults.retryAfter) * 2 ** Math.min(failures, 20));
      failures += 1;
      yield { type: 'interrupted', error, retryIn };
      await pause(retryIn, signal);
    }
  }
}

/** One connection: list, then changes until it is time to list again (the end) or the connection breaks (an error). */
async function* watchOnce(
  feed: ContainerFeed,
  known: Map<string, RunningImage>,
  options: WatchOptions,
): AsyncGenerator<RuntimeEvent, void, undefined> {
  const ending = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ending.signal]) : ending.signal;
  const queue = new ChangeQueue();
  let timer: NodeJS.Timeout | undefined;
  let filling: Promise<void> | undefined;
  try {
    const mark = await feed.mark(signal);
    filling = queue.fill(feed.changes(mark, signal), connectionEnded);
    yield* relist(feed, known, signal);
    timer = setTimeout(() => queue.end(), options.relistAfter ?? defaults.relistAfter);
    for (let id = await queue.next(); id !== undefined; id = await queue.next()) {
      const event = difference(known, id, await feed.inspect(id, signal));
      if (event) yield event;
    }
  } finally {
    clearTimeout(timer);
    ending.abort();
    await filling;
  }
}

async function* relist(
  feed: ContainerFeed,
  known: Map<string, RunningImage>,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent, void, undefined> {
  const running = new Set(await feed.list(signal));
  const gone = [...known.keys()].filter((id) => !running.has(id));
  for (const id of gone) {
    const event = difference(known, id, undefined);
    if (event) yield event;
  }
  for (const id of running) {
    if (known.has(id)) continue;
    const event = difference(known, id, await feed.inspect(id, signal));
    if (event) yield event;
  }
  yield { type: 'listed' };
}

/** Notes what a container does now, and tells whether that is news. */
function difference(
  known: Map<string, RunningImage>,
  id: string,
  now: RunningImage | undefined,
): RuntimeEvent | undefined {
  const before = known.get(id);
  if ((before === undefined) === (now === undefined)) return undefined;
  if (now) known.set(id, now);
  else known.delete(id);
  return now ? { type: 'started', container: now } : { type: 'stopped', container: before as RunningImage };
}

function connectionEnded(): RuntimeError {
  return new RuntimeError('UNAVAILABLE', 'the events of the runtime: the stream ended', { retryable: true });
}

async function pause(duration: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(duration, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
