import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { WatcherError } from '../watcher-error.ts';
import { Backoff, type BackoffOptions } from './backoff.ts';
import type { KubeObject } from './kube-object.ts';
import { listPages } from './list-pages.ts';
import { readWatch } from './read-watch.ts';
import type { ResourceEvent } from './resource-event.ts';
import { type ResourceMap, ResourceStore } from './resource-store.ts';
import { processTiming, type Timing } from './timing.ts';

/** What the watcher did when an error came. */
export interface WatchFailure {
  /** Collection, as given. */
  readonly path: string;
  readonly phase: 'list' | 'watch';
  /** ms until the next attempt. */
  readonly retryIn: number;
  /** Whether that attempt is a new list. */
  readonly relists: boolean;
}

/** Options that every watch has. */
export interface WatchTuning extends BackoffOptions {
  /** Objects a page of a list may have. Default 500. */
  readonly pageSize?: number;
  /** Seconds after which the server is asked to end each watch, up to twice that by chance. Default 300. */
  readonly timeoutSeconds?: number;
  /** ms without an event or bookmark after which a watch is opened anew. Servers send a bookmark a minute. Default 150 000. */
  readonly watchIdleTimeout?: number;
  /** Gets each error that the watcher then overcomes by waiting. What it throws ends the loop. */
  readonly onError?: (error: WatcherError, failure: WatchFailure) => void;
  /** Told whenever the server has accepted a watch of a collection: from then on every change is seen, until `onError`. */
  readonly onWatching?: (watch: { readonly path: string }) => void;
  readonly timing?: Timing;
  readonly signal?: AbortSignal | undefined;
}

/** What to watch and what to keep of it. */
export interface WatchResourceOptions<T> extends WatchTuning {
  /** Collection, such as `/api/v1/pods`. */
  readonly path: string;
  /** What is kept of each object, so keep little; `undefined` for an object that is of no interest. */
  readonly transform: (object: KubeObject) => T | undefined;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** A watch that ends sooner than this without any event is one that failed, ms. */
const shortestWatch = 1000;
/** A watch that held for longer than this before it broke was no failure in a row, ms. */
const steadyWatch = 30_000;
/** Errors that no waiting overcomes. */
const final: ReadonlySet<string> = new Set(['OPTIONS_INVALID', 'CLOSED']);
/** Errors after which the last resource version cannot be trusted to lead on. */
const relisting: ReadonlySet<string> = new Set(['GONE', 'RESPONSE_INVALID', 'RESPONSE_TOO_LARGE', 'REQUEST_REJECTED']);

/**
 * Tells what is in a collection and how it changes, without end: a list in pages, then a watch from its resource
 * version, resumed after every break, and a new list where the server has forgotten that version. The events always add
 * up to what the server had: an object that vanished between two lists is `deleted`, and a list that fails half way
 * tells nothing. Holds what `transform` keeps of every object.
 *
 * Errors go to `onError` and are retried with exponential backoff. It ends only by leaving the loop, by `signal` (with
 * its reason), by what `transform` or `onError` throws, or with a WatcherError `OPTIONS_INVALID` or `CLOSED`.
 */
export async function* watchResource<T>(
  transport: ClusterTransport,
  options: WatchResourceOptions<T>,
): AsyncGenerator<ResourceEvent<T>, void, undefined> {
  const { signal, timing = processTiming } = options;
  const reflector = new Reflector(transport, options, timing);
  for (;;) {
    signal?.throwIfAborted();
    let wait = 0;
    try {
      for await (const event of reflector.isListed ? reflector.watch() : reflector.list()) {
        yield event;
        // A long list must not go on after an abort.
        signal?.throwIfAborted();
      }
      wait = reflector.pause();
    } catch (error) {
      signal?.throwIfAborted();
      wait = reflector.recover(error);
    }
    if (wait > 0) await timing.sleep(wait, signal);
  }
}

class Reflector<T> {
  readonly #transport: ClusterTransport;
  readonly #options: WatchResourceOptions<T>;
  readonly #selection: Pick<Parameters<typeof readWatch>[1], 'path' | 'fieldSelector' | 'labelSelector' | 'signal'>;
  readonly #timing: Timing;
  readonly #store: ResourceStore<T>;
  readonly #lists: Backoff;
  readonly #watches: Backoff;
  readonly #pageSize: number;
  #version: string | undefined;
  #phase: 'list' | 'watch' = 'list';
  #pause = 0;
  #watchedSince = 0;

  constructor(transport: ClusterTransport, options: WatchResourceOptions<T>, timing: Timing) {
    const { path, fieldSelector, labelSelector, signal, pageSize = 500 } = options;
    if (!Number.isSafeInteger(pageSize) || pageSize < 1) {
      throw new WatcherError('OPTIONS_INVALID', `watch ${path}: pageSize must be a whole number above 0`);
    }
    this.#transport = transport;
    this.#options = options;
    this.#selection = { path, fieldSelector, labelSelector, signal };
    this.#timing = timing;
    this.#store = new ResourceStore(options.transform);
    this.#lists = new Backoff(options, timing);
    this.#watches = new Backoff(options, timing);
    this.#pageSize = pageSize;
  }

  get isListed(): boolean {
    return this.#version !== undefined;
  }

  async *list(): AsyncGenerator<ResourceEvent<T>, void, undefined> {
    this.#phase = 'list';
    const next: ResourceMap<T> = new Map();
    // The consumer waits until the last page: one that is slow must not let the continue token expire.
    const request = { ...this.#selection, pageSize: this.#pageSize };
    const resourceVersion = await listPages(this.#transport, request, (object) => this.#store.collect(next, object));
    this.#lists.reset();
    this.#version = resourceVersion;
    yield* this.#store.replace(next);
    yield { type: 'synced', resourceVersion, size: this.#store.size };
  }

  async *watch(): AsyncGenerator<ResourceEvent<T>, void, undefined> {
    this.#phase = 'watch';
    const { timeoutSeconds = 300, watchIdleTimeout = 150_000 } = this.#options;
    this.#watchedSince = this.#timing.now();
    let isAlive = false;
    const changes = readWatch(this.#transport, {
      ...this.#selection,
      resourceVersion: this.#version!,
      timeoutSeconds: Math.round(timeoutSeconds * (1 + this.#timing.random())),
      idleTimeout: watchIdleTimeout,
      onOpen: () => this.#options.onWatching?.({ path: this.#options.path }),
    });
    for await (const change of changes) {
      if (!isAlive) this.#watches.reset();
      isAlive = true;
      const events =
        change.type === 'bookmark'
          ? []
          : change.type === 'put'
            ? this.#store.put(change.object)
            : this.#store.remove(change.object);
      this.#version = change.resourceVersion;
      yield* events;
    }
    if (isAlive || this.#timing.now() - this.#watchedSince >= shortestWatch) this.#watches.reset();
    else this.#pause = this.#watches.next();
  }

  /** ms to wait after a list or watch that ended well. */
  pause(): number {
    const pause = this.#pause;
    this.#pause = 0;
    return pause;
  }

  /** ms to wait before the next attempt; throws what cannot be overcome. */
  recover(error: unknown): number {
    if (!(error instanceof WatcherError) || final.has(error.code)) throw error;
    if (relisting.has(error.code)) this.#version = undefined;
    if (this.#phase === 'watch' && this.#timing.now() - this.#watchedSince > steadyWatch) this.#watches.reset();
    const retryIn = (this.#phase === 'list' ? this.#lists : this.#watches).next(error);
    const { path, onError } = this.#options;
    onError?.(error, { path, phase: this.#phase, retryIn, relists: this.#version === undefined });
    return retryIn;
  }
}
