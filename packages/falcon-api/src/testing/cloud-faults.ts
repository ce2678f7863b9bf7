/** What a host does instead of its work: a status without a body, a cut connection, or silence. */
export interface HostFault {
  readonly answer: number | 'reset' | 'hang';
  /** Only for calls with this method. Default: all. */
  readonly method?: 'HEAD' | 'POST';
  /** For so many calls, then the host works again. Default: until taken away. */
  readonly times?: number;
}

/** A 429. */
export interface RateLimitFault {
  /** Default `inventory`. */
  readonly on?: 'inventory' | 'token';
  /** How `X-Ratelimit-RetryAfter` counts the time since the epoch. */
  readonly unit: 'seconds' | 'milliseconds';
  /** Milliseconds from now that it names. */
  readonly wait: number;
  /** For so many calls. Default: until taken away. */
  readonly times?: number;
}

/** What goes wrong in the double. Every member can be set, changed and deleted while it runs. */
export interface FalconCloudFaults {
  /** The token endpoint. */
  token?: HostFault;
  /** The inventory endpoint on the API host. */
  apiInventory?: HostFault;
  /** The inventory endpoint on the upload host. */
  uploadInventory?: HostFault;
  rateLimit?: RateLimitFault;
  /** The caller's address is not on the allow-list. */
  ipBlocked?: boolean;
  /** The token endpoint answers as a commercial cloud does to GovCloud credentials: 403 without a body. */
  govCloud?: boolean;
}

/** Counts how often each fault was used, so that `times` can run out. */
export class FaultCounter {
  readonly #used = new WeakMap<object, number>();

  /** Whether a fault applies once more; if so, that use counts. */
  use(fault: { readonly times?: number } | undefined): boolean {
    if (fault === undefined) {
      return false;
    }
    const used = this.#used.get(fault) ?? 0;
    if (used >= (fault.times ?? Number.POSITIVE_INFINITY)) {
      return false;
    }
    this.#used.set(fault, used + 1);
    return true;
  }
}
