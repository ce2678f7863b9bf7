import type { RunningImage } from './running-image.ts';

/** What a runtime has to offer to be watched. */
export interface ContainerFeed {
  /** A mark of the present moment, from which `changes` can begin. */
  mark(signal: AbortSignal): Promise<string>;
  /** Ids of containers whose state may have changed since the mark, as they come. It ends with the connection. */
  changes(mark: string, signal: AbortSignal): AsyncIterable<string>;
  /** Ids of the containers that run. */
  list(signal: AbortSignal): Promise<readonly string[]>;
  /** One container, `undefined` where it does not run or exist. */
  inspect(containerId: string, signal: AbortSignal): Promise<RunningImage | undefined>;
}
