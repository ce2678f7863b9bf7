/** What a host does instead of its work, or on top of it. */
export interface HostFault {
  /**
   * A status without a body; `reset`: the connection is cut unanswered; `hang`: silence; `truncated`: the work is done,
   * then the connection is cut in the middle of the answer. Without it the work is done.
   */
  readonly answer?: number | 'reset' | 'hang' | 'truncated';
  /** Milliseconds before anything else happens. */
  readonly delay?: number;
  /** Only for calls with this method. Default: all. */
  readonly method?: string;
  /** Only for each call of that number: with 3, for the 3rd, 6th, 9th … Default 1. */
  readonly every?: number;
  /** For so many calls, then the host works again. Default: until taken away. */
  readonly times?: number;
}

/** A 429. */
export interface RateLimitFault {
  /** Default `inventory`. */
  readonly on?: 'inventory' | 'token' | 'other';
  /** How `X-Ratelimit-RetryAfter` counts the time since the epoch. */
  readonly unit: 'seconds' | 'milliseconds';
  /** Milliseconds from now that it names. */
  readonly wait: number;
  /** Only for each call of that number. Default 1. */
  readonly every?: number;
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
  /** Every other call on the API host. */
  apiOther?: HostFault;
  rateLimit?: RateLimitFault;
  /** The caller's address is not on the allow-list. */
  ipBlocked?: boolean;
  /** The token endpoint answers as a commercial cloud does to GovCloud credentials: 403 without a body. */
  govCloud?: boolean;
  /** The redirect of another region names the home region in `X-Cs-Region` only, without a `Location`. */
  redirectWithoutLocation?: boolean;
  /** Every answer of API and upload host says in `X-Api-Deprecation` that the call goes away; this is the text. */
  deprecated?: string;
}

/** A fault that does not hit every call. */
interface CountedFault {
  readonly every?: number;
  readonly times?: number;
}

/** Counts the calls each fault has seen and hit, so that `every` and `times` can be kept. */
export class FaultCounter {
  readonly #counts = new WeakMap<object, { seen: number; hit: number }>();

  /** Whether a fault hits this call, which counts as one it has seen. */
  use(fault: CountedFault): boolean {
    const count = this.#counts.get(fault) ?? { seen: 0, hit: 0 };
    this.#counts.set(fault, count);
    count.seen += 1;
    if (count.seen % (fault.every ?? 1) !== 0 || count.hit >= (fault.times ?? Number.POSITIVE_INFINITY)) {
      return false;
    }
    count.hit += 1;
    return true;
  }
}
