import { SingleFlight } from '../transport/single-flight.ts';

/** Something that is good until a moment. */
export interface Perishable<T> {
  readonly value: T;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** Gets what is kept. */
export type Loader<T> = (signal?: AbortSignal) => Promise<T>;

/** How something perishable is kept. */
export interface RenewalOptions {
  /** How long before its end a value is no longer handed out, ms; at most half of its life. Default 5 minutes. */
  readonly leeway?: number | undefined;
  /** How long it is left alone after a failure, ms. Default 30 seconds. */
  readonly pause?: number | undefined;
  /** Current time in ms since the epoch. */
  readonly now: () => number;
}

const defaultLeeway = 5 * 60_000;
const defaultPause = 30_000;

/**
 * Keeps something that ends, and gets it anew shortly before it does; who asks meanwhile shares that. Where it cannot be
 * renewed, the old one is handed out as long as it is good, and without that the failure: the next attempt is made after
 * a pause, so that what is not there is not looked for each time.
 *
 * Rejects with what `load` rejects with, or with the reason of the own signal.
 *
 * @param load gets a new value. Its signal aborts when nobody waits for it any more
 */
export function renewed<T>(load: (signal: AbortSignal) => Promise<Perishable<T>>, options: RenewalOptions): Loader<T> {
  const { leeway = defaultLeeway, pause = defaultPause, now } = options;
  const flight = new SingleFlight<T>();
  let kept: (Perishable<T> & { readonly from: number; readonly renewAt: number }) | undefined;
  let failed: { readonly error: unknown; readonly at: number } | undefined;

  const renew = async (signal: AbortSignal): Promise<T> => {
    const from = now();
    try {
      const fresh = await load(signal);
      kept = { ...fresh, from, renewAt: fresh.expiresAt - Math.min(leeway, (fresh.expiresAt - from) / 2) };
      failed = undefined;
      return fresh.value;
    } catch (error) {
      if (!signal.aborted) failed = { error, at: now() };
      throw error;
    }
  };
  /** Not where the clock was set back: then nothing that is kept can be told from what ended. */
  const isWithin = (from: number, to: number): boolean => from <= now() && now() < to;
  return async (signal) => {
    signal?.throwIfAborted();
    if (kept !== undefined && isWithin(kept.from, kept.renewAt)) return kept.value;
    try {
      if (failed !== undefined && isWithin(failed.at, failed.at + pause)) throw failed.error;
      return await flight.run('', renew, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (kept === undefined || now() >= kept.expiresAt) throw error;
      return kept.value;
    }
  };
}
