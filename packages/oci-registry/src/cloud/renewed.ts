import { SingleFlight } from '../transport/single-flight.ts';

/** Something that is good until a moment. */
export interface Perishable<T> {
  readonly value: T;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

/** How something perishable is kept. */
export interface RenewalOptions {
  /** How long before its end a value is no longer handed out, ms; at most half of its life. Default 5 minutes. */
  readonly leeway?: number | undefined;
  /** Current time in ms since the epoch. */
  readonly now: () => number;
}

const defaultLeeway = 5 * 60_000;

/**
 * Keeps something that ends, and gets it anew shortly before it does; who asks meanwhile shares that. Where it cannot be
 * renewed, the old one is handed out as long as it is good.
 *
 * @param load gets a new value
 */
export function renewed<T>(
  load: (signal: AbortSignal) => Promise<Perishable<T>>,
  options: RenewalOptions,
): (signal?: AbortSignal) => Promise<T> {
  const { leeway = defaultLeeway, now } = options;
  const flight = new SingleFlight<Perishable<T>>();
  let kept: (Perishable<T> & { readonly renewAt: number }) | undefined;
  return async (signal) => {
    signal?.throwIfAborted();
    if (kept !== undefined && now() < kept.renewAt) return kept.value;
    try {
      const asked = now();
      const fresh = await flight.run('', load, signal);
      kept = { ...fresh, renewAt: fresh.expiresAt - Math.min(leeway, (fresh.expiresAt - asked) / 2) };
      return fresh.value;
    } catch (error) {
      signal?.throwIfAborted();
      if (kept === undefined || now() >= kept.expiresAt) throw error;
      return kept.value;
    }
  };
}
