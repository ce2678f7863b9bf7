import type { FalconCloudFaults } from './cloud-faults.ts';

/** How to set up the double. */
export interface FalconCloudDoubleOptions {
  /** Default: random, 32 hexadecimal digits. */
  readonly clientId?: string;
  /** Default: random, 40 characters. */
  readonly clientSecret?: string;
  /** Region it says it is. Default `us-1`. */
  readonly region?: string;
  /** Scopes of the API client, as `name:read` and `name:write`. Default: every scope the double knows. */
  readonly scopes?: readonly string[];
  /** Customer id with checksum. */
  readonly ccid?: string;
  readonly faults?: FalconCloudFaults;
  /** Directory for accepted inventories, `<algorithm>-<hex>.json` each; it is made where it does not exist. */
  readonly storeDir?: string;
  /** Seconds a token lives. Default 1799. */
  readonly tokenLifetime?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Newest inventories, requests and rejections kept in memory. Default 1000 each. */
  readonly keep?: number;
  /** Bytes of a body; a longer one is answered 413. Default 256 MiB. */
  readonly maxBody?: number;
}
