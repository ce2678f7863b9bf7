import { type ClusterTransport, type PullSecret, type WatcherError, watchPullSecrets } from '@falcon-iar/k8s-watcher';
import type { Logger } from '../observe/logger.ts';

/** The pull secrets of a whole cluster, as they are now. */
export interface DiscoveredSecrets {
  /** Waits for the first list, a while. */
  secrets(signal: AbortSignal): Promise<readonly PullSecret[]>;
  close(): Promise<void>;
}

/** Time the first list may take before images are read without it, ms. */
const patience = 15_000;

/** Watches the pull secrets of all namespaces; one that comes later is seen without a restart. */
export function discoverSecrets(transport: ClusterTransport, logger: Logger): DiscoveredSecrets {
  const known = new Map<string, PullSecret>();
  const listed = Promise.withResolvers<void>();
  const stop = new AbortController();
  const timer = setTimeout(listed.resolve, patience);
  const watching = follow();
  return {
    async secrets(signal) {
      await untilAborted(listed.promise, signal);
      return [...known.values()];
    },
    async close() {
      clearTimeout(timer);
      stop.abort();
      await watching;
    },
  };

  async function follow(): Promise<void> {
    let lists = 0;
    let trouble: string | undefined;
    const onError = (err: WatcherError): void => {
      // Without the right to list them there is nothing to wait for.
      if (err.code === 'FORBIDDEN') listed.resolve();
      // The same again is no news.
      if (err.message === trouble) return;
      trouble = err.message;
      logger.warn('the pull secrets of the cluster cannot be read', { err });
    };
    try {
      for await (const event of watchPullSecrets(transport, { signal: stop.signal, onError })) {
        if (event.type === 'synced') lists += 1;
        else if (event.type === 'deleted') known.delete(`${event.object.namespace}/${event.object.name}`);
        else known.set(`${event.object.namespace}/${event.object.name}`, event.object);
        // One list for each type of secret.
        if (lists === 2) listed.resolve();
      }
    } catch (err) {
      if (!stop.signal.aborted) logger.error('the pull secrets of the cluster are no longer watched', { err });
    } finally {
      listed.resolve();
    }
  }
}

/** Settles as `promise` does, or rejects with the signal's reason; leaves no listener behind. */
async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
