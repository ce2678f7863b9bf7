import { type ClusterTransport, type PullSecret, watchPullSecrets } from '@falcon-iar/k8s-watcher';
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
  const ready = Promise.race([listed.promise, new Promise<void>((resolve) => setTimeout(resolve, patience).unref())]);
  const watching = follow();
  return {
    async secrets(signal) {
      await Promise.race([ready, aborted(signal)]);
      return [...known.values()];
    },
    async close() {
      stop.abort();
      await watching;
    },
  };

  async function follow(): Promise<void> {
    let lists = 0;
    const onError = (err: Error): void => {
      // Without the right to list them there is nothing to wait for.
      listed.resolve();
      logger.warn('the pull secrets of the cluster cannot be listed', { err });
    };
    try {
      for await (const event of watchPullSecrets(transport, { signal: stop.signal, onError })) {
        if (event.type === 'synced') lists += 1;
        else if (event.type === 'deleted') known.delete(`${event.object.namespace}/${event.object.name}`);
        else known.set(`${event.object.namespace}/${event.object.name}`, event.object);
        if (lists === 2) listed.resolve();
      }
    } catch (err) {
      listed.resolve();
      if (!stop.signal.aborted) logger.error('the pull secrets of the cluster are no longer watched', { err });
    }
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
