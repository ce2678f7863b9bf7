import type { ImageSighting } from '../workload/workloads.ts';

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
  /** Told of a failure. @returns ms until the next attempt, undefined for none */
  readonly onFailure: (sighting: ImageSighting, error: unknown) => number | undefined;
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

interface Entry {
  readonly sightings: ImageSighting[];
  attempts: number;
  timer?: NodeJS.Timeout;
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

  const schedule = (key: string, entry: Entry, delay: number): void => {
    const enqueue = (): void => {
      due.push(key);
      startDue();
    };
    if (delay > 0) entry.timer = setTimeout(enqueue, delay);
    else enqueue();
  };

  const analyze = async (key: string): Promise<void> => {
    const entry = entries.get(key);
    // Another pod's pull secrets may open what the first one's do not.
    const sighting = entry?.sightings[entry.attempts % entry.sightings.length];
    if (entry === undefined || sighting === undefined) return;
    try {
      const identity = await options.analyze(sighting, stop.signal);
      options.settle(identity, entry.sightings);
      entries.delete(key);
    } catch (error) {
      if (stop.signal.aborted) return;
      entry.attempts += 1;
      const delay = options.onFailure(sighting, error);
      if (delay === undefined) entries.delete(key);
      else schedule(key, entry, delay);
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
        return;
      }
      const entry: Entry = { sightings: [sighting], attempts: 0 };
      entries.set(sighting.key, entry);
      schedule(sighting.key, entry, delay);
    },
    async drain() {
      isDraining = true;
      for (const { timer } of entries.values()) clearTimeout(timer);
      await Promise.all(running);
    },
    abort(reason) {
      isDraining = true;
      for (const { timer } of entries.values()) clearTimeout(timer);
      stop.abort(reason);
    },
  };
}
