import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { Cataloger } from '../catalog/cataloger.ts';
import { serveExtractions } from './serve-extractions.ts';

/** A cataloger that is loaded when its first file comes. */
export interface LazyCataloger extends Pick<Cataloger, 'name' | 'version'> {
  load(): Promise<Cataloger>;
}

/**
 * Makes this thread a worker of `createWorkerIsolation`: call it once, at the top of the module that is named there.
 *
 * @example
 * ```ts
 * // my-worker.ts
 * serveCatalogers([...defaultCatalogers, mine]);
 * ```
 *
 * @param catalogers - Those that may be asked for here, or what makes them of the `data` that was given there.
 * @throws TypeError on a main thread, or where no isolation listens
 */
export function serveCatalogers(
  catalogers: readonly (Cataloger | LazyCataloger)[] | ((data: unknown) => readonly (Cataloger | LazyCataloger)[]),
): void {
  if (isMainThread || parentPort === null) {
    throw new TypeError('a module that serves catalogers is started by createWorkerIsolation, not imported');
  }
  serveExtractions(parentPort, typeof catalogers === 'function' ? catalogers(workerData) : catalogers);
}
