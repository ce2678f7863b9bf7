import {
  type ClusterTransport,
  type ImageGone,
  type ImageSeen,
  type ImagesSynced,
  type WatcherError,
  type WatchFailure,
  type WatchImagesOptions,
  watchImages,
} from '@falcon-iar/k8s-watcher';
import { vi } from 'vitest';

/** An error that the watcher told and overcame by waiting. */
export interface ReportedError extends WatchFailure {
  readonly error: WatcherError;
}

/** A watch of the images of a cluster whose events are collected as they come. */
export interface CollectedImages extends AsyncDisposable {
  readonly events: readonly (ImageSeen | ImageGone | ImagesSynced)[];
  readonly errors: readonly ReportedError[];
  /** What was told of one namespace, in order: `seen POD/CONTAINER` and `gone POD`. */
  told(namespace: string): string[];
  /** The last thing that was seen of a pod's container. */
  image(namespace: string, podName: string, containerName: string): ImageSeen | undefined;
  /** How often everything was told to be known. */
  readonly syncs: number;
  /** Waits for what must come. */
  until(what: string, holds: () => boolean): Promise<void>;
}

/** Short waits between attempts, so that tests that cut connections are quick. */
const quick = { minDelay: 50, maxDelay: 250 };

/** Begins to watch; leaving the scope ends it and closes the transport. */
export function collectImages(
  transport: ClusterTransport,
  options: Omit<WatchImagesOptions, 'signal' | 'onError'> = {},
): CollectedImages {
  const ending = new AbortController();
  const events: (ImageSeen | ImageGone | ImagesSynced)[] = [];
  const errors: ReportedError[] = [];
  const watching = (async () => {
    const onError: WatchImagesOptions['onError'] = (error, failure) => errors.push({ error, ...failure });
    for await (const event of watchImages(transport, { ...quick, ...options, onError, signal: ending.signal })) {
      events.push(event);
    }
  })().catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  const seen = (): ImageSeen[] => events.filter((event) => event.type === 'seen');
  return {
    events,
    errors,
    told: (namespace) => events.flatMap((event) => toldOf(event, namespace)),
    image: (namespace, podName, containerName) =>
      seen().findLast(
        ({ context }) =>
          context.namespace === namespace && context.podName === podName && context.containerName === containerName,
      ),
    get syncs() {
      return events.filter((event) => event.type === 'synced').length;
    },
    async until(what, holds) {
      const late = () => {
        const codes = errors.map(({ error }) => error.message).join('\n');
        return Promise.reject(new Error(`${what}: not within a minute. ${JSON.stringify(events)}\n${codes}`));
      };
      await Promise.race([watching, vi.waitUntil(holds, { timeout: 60_000, interval: 20 }).catch(late)]);
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await watching;
      await transport.close();
    },
  };
}

function toldOf(event: ImageSeen | ImageGone | ImagesSynced, namespace: string): string[] {
  if (event.type === 'synced') return [];
  if (event.type === 'gone') return event.namespace === namespace ? [`gone ${event.podName}`] : [];
  const { context } = event;
  return context.namespace === namespace ? [`seen ${context.podName}/${context.containerName}`] : [];
}
