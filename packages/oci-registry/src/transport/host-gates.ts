import { BoundedMap } from './bounded-map.ts';
import { RequestRate } from './request-rate.ts';
import { Slots } from './slots.ts';

/** How much one host may be asked for. */
export interface GateLimits {
  /** Most requests begun in a second. */
  readonly requestsPerSecond?: number | undefined;
  /** Most requests under way at the same time, bodies included. */
  readonly concurrency?: number | undefined;
}

interface Gate {
  readonly rate: RequestRate | undefined;
  readonly slots: Slots | undefined;
}

/** Most hosts with limits. */
const maxGates = 1024;

/** The end of a request that nobody counts. */
const uncounted = (): void => undefined;

/** Lets requests to each host begin no faster, and no more of them be under way, than its limits say. */
export class HostGates {
  readonly #now: () => number;
  readonly #sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly #gates = new BoundedMap<Gate>(maxGates);

  constructor(now: () => number, sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>) {
    this.#now = now;
    this.#sleep = sleep;
  }

  /** Waits until a request may begin; resolves to what ends it. Rejects with the signal's reason. */
  async enter(url: URL, limits: GateLimits | undefined, signal: AbortSignal | undefined): Promise<() => void> {
    const { requestsPerSecond, concurrency } = limits ?? {};
    if (requestsPerSecond === undefined && concurrency === undefined) return uncounted;
    const { rate, slots } = this.#gate(`${url.origin} ${requestsPerSecond} ${concurrency}`, limits ?? {});
    const leave = (await slots?.take(signal)) ?? uncounted;
    try {
      const wait = rate?.reserve() ?? 0;
      if (wait > 0) await this.#sleep(wait, signal);
      return leave;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #gate(key: string, { requestsPerSecond, concurrency }: GateLimits): Gate {
    const gate = this.#gates.get(key) ?? {
      rate: requestsPerSecond === undefined ? undefined : new RequestRate(requestsPerSecond, this.#now),
      slots: concurrency === undefined ? undefined : new Slots(concurrency),
    };
    this.#gates.set(key, gate);
    return gate;
  }
}
