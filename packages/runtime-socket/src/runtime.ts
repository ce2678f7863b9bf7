import type { RuntimeKind } from './endpoint/runtime-endpoint.ts';
import type { ImageSource } from './image/image.ts';
import type { ReadOptions } from './image/read-options.ts';
import type { RuntimeEvent } from './watch/runtime-event.ts';
import type { WatchOptions } from './watch/watch-options.ts';

/** What a runtime says of itself. */
export interface RuntimeVersion {
  /** The runtime that really answers, which need not be the one its socket is named after. */
  readonly kind: RuntimeKind;
  /** Version of the program, such as `20.10.24+dfsg1`. */
  readonly version: string;
  /** Newest version of its API that it speaks, such as `1.41` or `v1`. */
  readonly apiVersion: string;
}

/** A container runtime behind a unix socket. Nothing is opened before the first call. */
export interface Runtime extends AsyncDisposable {
  readonly kind: RuntimeKind;
  /** @throws RuntimeError */
  version(options?: ReadOptions): Promise<RuntimeVersion>;
  /**
   * The containers that run, then those that start and stop, for ever; over restarts of the runtime nothing is missed
   * or reported twice. Leaving the loop, or `signal`, ends it.
   *
   * Iterating throws RuntimeError for what goes wrong at the first connection and cannot pass by waiting.
   */
  watchImages(options?: WatchOptions): AsyncIterable<RuntimeEvent>;
  /** The images the runtime has. */
  imageSource(): ImageSource;
  /** Closes the connections; what still reads fails with `CLOSED` or `UNAVAILABLE`. */
  close(): Promise<void>;
}
