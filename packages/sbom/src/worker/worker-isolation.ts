import type { IsolatedExtraction, IsolatedResult, Isolation } from '../analyze/isolation.ts';
import { ExtractionThread, type ThreadOptions } from './extraction-thread.ts';
import { isolationError } from './isolation-error.ts';

/** How {@link createWorkerIsolation} works. */
export interface WorkerIsolationOptions {
  /** Threads at most. The first starts with the first file, another when a file has waited for 100 ms. */
  readonly workers: number;
  /**
   * The module that threads run: one that calls `serveCatalogers` with the catalogers of the analysis. This package has
   * one for its own: `import.meta.resolve('@falcon-iar/sbom/worker')`.
   */
  readonly module: URL | string;
  /** What `serveCatalogers` hands to the function there. It is cloned to every thread. */
  readonly data?: unknown;
  /** Bytes of JavaScript heap of one thread; buffers come on top. Default 256 MiB. */
  readonly heapLimit?: number;
}

/** An {@link Isolation} that owns threads. */
export interface WorkerIsolation extends Isolation, AsyncDisposable {
  /** Ends all threads; what they were doing is rejected. Resolves when they are gone. */
  close(): Promise<void>;
}

interface Job {
  /** Milliseconds of `performance.now()`. */
  readonly since: number;
  readonly task: IsolatedExtraction;
  readonly signal: AbortSignal;
  readonly answer: PromiseWithResolvers<IsolatedResult>;
}

const defaultHeapLimit = 256 * 2 ** 20;

/** Milliseconds that a file waits for a thread before another one starts: starting takes longer than most files do. */
const patience = 100;

/**
 * Runs extractions in worker threads: each against its deadline, and each thread with a limit of its own on memory. A
 * thread that exceeds one of them ends, the file that it read becomes a problem (`timeout`, or `malformed` after a
 * crash), and the next file gets a new thread.
 *
 * Errors of `extract`: the module cannot be started, does not serve the cataloger, or the isolation was closed.
 */
export function createWorkerIsolation(options: WorkerIsolationOptions): WorkerIsolation {
  const { workers, module, data, heapLimit = defaultHeapLimit } = options;
  if (!Number.isInteger(workers) || workers < 1) throw new RangeError('workers: a whole number from 1 on');
  return new WorkerPool(workers, { module: new URL(module), data, heapLimit });
}

class WorkerPool implements WorkerIsolation {
  readonly parallel: number;
  readonly #thread: ThreadOptions;
  readonly #closing = new AbortController();
  readonly #threads = new Set<ExtractionThread>();
  readonly #idle: ExtractionThread[] = [];
  readonly #queue: Job[] = [];
  #waiting: NodeJS.Timeout | undefined;

  constructor(parallel: number, thread: ThreadOptions) {
    this.parallel = parallel;
    this.#thread = thread;
  }

  extract(task: IsolatedExtraction, options: { readonly signal: AbortSignal }): Promise<IsolatedResult> {
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    if (signal.aborted) return Promise.reject(signal.reason);
    const job: Job = { since: performance.now(), task, signal, answer: Promise.withResolvers() };
    const leave = (): void => {
      const waiting = this.#queue.indexOf(job);
      if (waiting < 0) return;
      this.#queue.splice(waiting, 1);
      job.answer.reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#queue.push(job);
    this.#next();
    return job.answer.promise.finally(() => signal.removeEventListener('abort', leave));
  }

  async close(): Promise<void> {
    clearTimeout(this.#waiting);
    this.#closing.abort(isolationError('it was closed'));
    await Promise.all(Array.from(this.#threads, (thread) => thread.end()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #next(): void {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      const thread = this.#idleThread() ?? this.#newThread(job);
      if (thread === undefined) return;
      this.#queue.shift();
      void this.#run(thread, job);
    }
  }

  #idleThread(): ExtractionThread | undefined {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop()) {
      if (!thread.isOver) return thread;
      this.#threads.delete(thread);
    }
    return undefined;
  }

  #newThread(job: Job): ExtractionThread | undefined {
    if (this.#threads.size >= this.parallel) return undefined;
    const wait = this.#threads.size === 0 ? 0 : job.since + patience - performance.now();
    if (wait > 0) {
      clearTimeout(this.#waiting);
      this.#waiting = setTimeout(() => this.#next(), wait);
      return undefined;
    }
    const thread = new ExtractionThread(this.#thread);
    this.#threads.add(thread);
    return thread;
  }

  async #run(thread: ExtractionThread, { task, signal, answer }: Job): Promise<void> {
    try {
      answer.resolve(await thread.run(task, signal));
    } catch (error) {
      answer.reject(error);
    }
    // One that broke is gone before another takes its place, so that there are never more than was asked for.
    if (thread.isOver) await thread.end();
    if (thread.isOver) this.#threads.delete(thread);
    else this.#idle.push(thread);
    this.#next();
  }
}
