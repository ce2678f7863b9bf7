import { join } from 'node:path';
import { formatSink, type SinkSetting } from './values/sink.ts';

/** What decides where inventories go. */
export interface SinkChoice {
  /** Those that were named. */
  readonly named: readonly SinkSetting[];
  readonly hasCredentials: boolean;
  readonly stateDir: string | undefined;
}

/**
 * The sinks that were named, each once. Without any the Falcon cloud where there are credentials for it, else a
 * directory, so that a first try without an account ends with results.
 */
export function chooseSinks({ named, hasCredentials, stateDir }: SinkChoice): readonly SinkSetting[] {
  if (named.length > 0) return [...new Map(named.map((sink) => [formatSink(sink), sink])).values()];
  if (hasCredentials) return [{ kind: 'falcon' }];
  return [{ kind: 'file', directory: stateDir === undefined ? './reports' : join(stateDir, 'reports') }];
}
