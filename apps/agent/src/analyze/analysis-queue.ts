import type { ImageSighting } from '../workload/workloads.ts';
import { isRefusedAccess } from './refused-access.ts';
import { createRestingKeys } from './resting-keys.ts';

/** What the queue needs of those it works for. */
export interface AnalysisQueueOptions {
  /** Images analysed at the same time. */
  readonly concurrency: number;
  /**
   * Analyses the image of a sighting, one of the entry's.
   *
   * @returns the identity of the image
   */
  readonly analyze: (sighting: ImageSighting, signal: AbortSignal) => Promise<string>;
  /** Told of all that ran the image, when it has been analysed. Not async: no sighting may come between. */
  readonly settle: (identity: string, sightings: readonly ImageSighting[]) => void;
  /** Told of a failure; must not throw. @returns ms until the next attempt, undefined for none */
  readonly onFailure: (sighting: ImageSighting, error: unknown) => number | undefined;
  /** Told of an image that failed and is not tried again until it is added anew, because too many others rest. */
  readonly onForgotten: (sighting: ImageSighting) => void;
}

/** Images that wait for their analysis, each once however many containers run it. */
export interface AnalysisQueue {
  /** Images that wait, not counting those that failed and rest. */
  readonly length: number;
  readonly running: number;
  /** @param delay - ms until the image is due. */
  add(sighting: ImageSighting, delay?: number): void;
  /** Starts nothing more. Resolves when what runs has ended. */
  drain(): Promise<void>;
  /** Ends what runs. */
  abort(reason: unknown): void;
}

/** Containers of one image that are remembered while it waits; there can be no end of pods of a cron job. */
const mostSightings = 1000;
/** Images that rest at the same time: nobody tells when the last container of one is gone. */
const mostResting = 10_000;

/** Ways to open an image that are tried before it rests. */
const mostAccesses = 8;

interface Entry {
  readonly sightings: ImageSighting[];
  /** What has been tried to open the image with, and was refused. */
  readonly refused: Set<string>;
}

/** Takes images in and has them analysed in the order they came, some at a time; a failed one comes again after a rest. */
export function createAnalysisQueue(options: AnalysisQueueOptions): AnalysisQueue {
  const entries = new Map<string, Entry>();
  const due: string[] = [];
  const running = new Set<Promise<void>>();
  const stop = new AbortController();
  let isDraining = false;

  const startDue = (): void => {
    while (!isDraining && running.size < options.concurrency) {
      const key = due.shift();
      if (key === undefined) return;
      const work = analyze(key).finally(() => {
        running.delete(work);
        startDue();
      });
      running.add(work);
    }
  };

  const enqueue = (key: string): void => {
    due.push(key);
    startDue();
  };
  const forget = (key: string): void => {
    const [sighting] = entries.get(key)?.sightings ?? [];
    entries.delete(key);
    if (sighting !== undefined) options.onForgotten(sighting);
  };
  const resting = createRestingKeys({ most: mostResting, onOver: enqueue, onDropped: forget });

  const schedule = (key: string, delay: number): void => {
    // A timer of a queue that ends would keep the process from ending.
    if (isDraining) return;
    if (delay > 0) resting.add(key, delay);
    else enqueue(key);
  };

  const startNothingMore = (): void => {
    isDraining = true;
    resting.clear();
  };

  const analyze = async (key: string): Promise<void> => {
    const entry = entries.get(key);
    const [sighting] = entry?.sightings ?? [];
    if (entry === undefined || sighting === undefined) return;
    try {
      const identity = await analyzeByAny(entry, (one) => options.analyze(one, stop.signal));
      options.settle(identity, entry.sightings);
      entries.delete(key);
    } catch (error) {
      if (stop.signal.aborted) return;
      const delay = options.onFailure(sighting, error);
      if (delay === undefined) entries.delete(key);
      else schedule(key, delay);
    }
  };

  return {
    get length() {
      return due.length;
    },
    get running() {
      return running.size;
    },
    add(sighting, delay = 0) {
      if (isDraining) return;
      const known = entries.get(sighting.key);
      if (known !== undefined) {
        if (known.sightings.length < mostSightings) known.sightings.push(sighting);
        const isNewWay = known.refused.size > 0 && !known.refused.has(sighting.access);
        if (isNewWay && resting.wake(sighting.key)) enqueue(sighting.key);
        return;
      }
      entries.set(sighting.key, { sightings: [sighting], refused: new Set() });
      schedule(sighting.key, delay);
    },
    async drain() {
      startNothingMore();
      await Promise.all(running);
    },
    abort(reason) {
      startNothingMore();
      stop.abort(reason);
    },
  };
}

/** Where one pod's pull secrets are refused, those of another that runs the image may do. */
async function analyzeByAny(
  { sightings, refused }: Entry,
  analyze: (sighting: ImageSighting) => Promise<string>,
): Promise<string> {
  // The way that was not tried the last time comes first.
  const last = new Set(refused);
  refused.clear();
  for (let first: unknown; ; ) {
    // More containers may have come while the one before was tried.
    const untried = sightings.filter(({ access }) => !refused.has(access));
    const sighting = untried.find(({ access }) => !last.has(access)) ?? untried[0];
    if (sighting === undefined || refused.size === mostAccesses) throw first;
    try {
      return await analyze(sighting);
    } catch (error) {
      first ??= error;
      if (!isRefusedAccess(error)) throw error;
      refused.add(sighting.access);
    }
  }
}
