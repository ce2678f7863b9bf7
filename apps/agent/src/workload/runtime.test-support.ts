import {
  type Runtime,
  RuntimeError,
  type RuntimeEvent,
  type Image as RuntimeImage,
  type RuntimeKind,
} from '@falcon-iar/runtime-socket';

/** What a runtime of a test does. */
export interface RuntimeParts {
  readonly kind?: RuntimeKind;
  readonly events?: readonly RuntimeEvent[];
  /** How it finds images. Default: it has none. */
  readonly resolve?: (reference: string | undefined) => Promise<unknown>;
}

/** A runtime that tells the given events and then waits. */
export function runtimeOf({ kind = 'containerd', events = [], resolve = noImage }: RuntimeParts = {}): {
  readonly runtime: Runtime;
  readonly isClosed: () => boolean;
} {
  let isClosed = false;
  const nothing = async (): Promise<void> => undefined;
  const runtime: Runtime = {
    kind,
    version: async () => ({ kind, version: '1', apiVersion: 'v1' }),
    async *watchImages({ signal: watching } = {}) {
      yield* events;
      await new Promise((_, reject) => watching?.addEventListener('abort', () => reject(watching.reason)));
    },
    imageSource: () => ({
      resolve: (reference) => resolve(reference) as Promise<RuntimeImage>,
      close: nothing,
      [Symbol.asyncDispose]: nothing,
    }),
    async close() {
      isClosed = true;
    },
    [Symbol.asyncDispose]: () => runtime.close(),
  };
  return { runtime, isClosed: () => isClosed };
}

async function noImage(): Promise<never> {
  throw new RuntimeError('IMAGE_UNKNOWN', 'socket: no');
}
