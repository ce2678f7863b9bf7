import { Worker } from 'node:worker_threads';
import type { IsolatedExtraction, IsolatedFile, IsolatedResult } from '../analyze/isolation.ts';
import type { RandomAccess } from '../catalog/cataloger.ts';
import type { ProblemCode } from '../model/problem.ts';
import { isolationError } from './isolation-error.ts';
import type { FromWorker, SentFile, ToWorker } from './messages.ts';

/** How threads are started. */
export interface ThreadOptions {
  /** The module that serves the catalogers. */
  readonly module: URL;
  readonly data: unknown;
  /** Bytes of JavaScript heap of one thread. */
  readonly heapLimit: number;
}

interface Running {
  readonly task: number;
  readonly extraction: IsolatedExtraction;
  readonly answer: PromiseWithResolvers<IsolatedResult>;
}

/** One worker thread, which runs one extraction at a time and is ended when one of them does not end by itself. */
export class ExtractionThread {
  readonly #worker: Worker;
  readonly #ready = Promise.withResolvers<ReadonlySet<string>>();
  readonly #exit = Promise.withResolvers<void>();
  #lastTask = 0;
  #running: Running | undefined;
  #error: unknown;
  /** True once it ended, or is about to. */
  isOver = false;

  constructor({ module, data, heapLimit }: ThreadOptions) {
    this.#worker = new Worker(module, {
      workerData: data,
      // What reads hostile files sees nothing of the program's surroundings.
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: Math.ceil(heapLimit / 2 ** 20) },
    });
    this.#worker.on('message', (message: FromWorker) => this.#hear(message));
    this.#worker.on('error', (error) => {
      this.isOver = true;
      this.#error = error;
    });
    this.#worker.on('exit', () => this.#end());
    // Nobody may be waiting for it when it fails.
    this.#ready.promise.catch(() => undefined);
    // A thread that waits for work keeps no process alive.
    this.#worker.unref();
  }

  /**
   * Runs one extraction. When it takes too long, or is aborted, the thread ends, and the promise settles once it has.
   *
   * @throws Error when the thread cannot be started or does not know the cataloger; the signal's reason
   */
  async run(extraction: IsolatedExtraction, signal: AbortSignal): Promise<IsolatedResult> {
    this.#worker.ref();
    const abort = (): void => void this.end();
    signal.addEventListener('abort', abort, { once: true });
    let timer: NodeJS.Timeout | undefined;
    let timedOut = false;
    try {
      const known = await this.#ready.promise;
      signal.throwIfAborted();
      if (!known.has(extraction.cataloger)) {
        throw isolationError(`the module serves ${[...known].join(', ') || 'nothing'}, not ${extraction.cataloger}`);
      }
      if (Number.isFinite(extraction.deadline)) {
        timer = setTimeout(() => {
          timedOut = true;
          abort();
        }, extraction.deadline);
      }
      return await this.#extract(extraction);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (timedOut) return failure('timeout', `it took longer than ${extraction.deadline} ms`);
      if (error === crashed) return failure('malformed', `its reader broke down: ${reasonOf(this.#error)}`);
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#running = undefined;
      if (!this.isOver) this.#worker.unref();
    }
  }

  /** Ends the thread. Resolves when it is gone. */
  async end(): Promise<void> {
    this.isOver = true;
    await this.#worker.terminate();
    await this.#exit.promise;
  }

  #extract(extraction: IsolatedExtraction): Promise<IsolatedResult> {
    const answer = Promise.withResolvers<IsolatedResult>();
    const files = extraction.files.map(sentFile);
    const transfer = files.flatMap(({ bytes }) => (bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : []));
    this.#lastTask += 1;
    this.#running = { task: this.#lastTask, extraction, answer };
    this.#say({ kind: 'extract', task: this.#lastTask, cataloger: extraction.cataloger, files }, transfer);
    return answer.promise;
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'ready') this.#ready.resolve(new Set(message.catalogers));
    if (message.kind === 'ready' || message.task !== this.#running?.task) return;
    if (message.kind === 'done') this.#running.answer.resolve(message.result);
    else void this.#read(this.#running, message);
  }

  async #read(running: Running, { read, file, offset, length }: Extract<FromWorker, { kind: 'read' }>): Promise<void> {
    const content = running.extraction.files[file]?.content;
    try {
      const found = await (content as RandomAccess).read(offset, length);
      // A copy of just these bytes: what a view is cut from may be large, or in use elsewhere.
      const bytes = found.slice();
      if (running === this.#running) this.#say({ kind: 'bytes', read, bytes }, [bytes.buffer]);
    } catch (error) {
      if (running === this.#running) this.#say({ kind: 'read-failed', read, reason: reasonOf(error) });
    }
  }

  #say(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #end(): void {
    this.isOver = true;
    this.#ready.reject(isolationError(`its module could not be started: ${reasonOf(this.#error)}`, this.#error));
    this.#running?.answer.reject(crashed);
    this.#exit.resolve();
  }
}

const crashed = Symbol('the thread ended during an extraction');

function sentFile({ content, ...header }: IsolatedFile): SentFile {
  // Cloning a view clones all that it was cut from, and only whole buffers can be transferred.
  const head = header.head.slice();
  return { ...header, head, bytes: content instanceof Uint8Array ? wholeBuffer(content) : undefined };
}

function wholeBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function failure(code: ProblemCode, reason: string): IsolatedResult {
  return { facts: undefined, problems: [{ code, reason }] };
}

function reasonOf(error: unknown): string {
  if (error === undefined) return 'it ended by itself';
  return error instanceof Error ? error.message : String(error);
}
