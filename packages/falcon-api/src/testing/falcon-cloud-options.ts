import type { FalconCloudFaults } from './cloud-faults.ts';
import type { DoubleRoute } from './double-route.ts';
import type { ReadSideOptions } from './read/read-options.ts';
import type { CallRecord } from './records.ts';
import type { StoredInventories } from './stored-inventories.ts';

/** What routes that are added to the double are given. */
export interface RouteParts {
  readonly inventories: StoredInventories;
  /** Customer id with checksum. */
  readonly ccid: string;
  /** The password that the calls for image registry credentials hand out. */
  readonly registryPassword: string;
}

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
  /** Child customer ids, with checksum, that a token may be asked for as `member_cid`. Default: any well-formed one. */
  readonly memberCcids?: readonly string[];
  /** Password for the image registry. Default: random. */
  readonly registryPassword?: string;
  readonly faults?: FalconCloudFaults;
  /** Directory of the store, `falcon-cloud.sqlite`; made where it does not exist. Default: in memory. */
  readonly storeDir?: string;
  /** Bytes the stored bodies may take, compressed; an upload beyond it is answered 500. Default 4 GiB. */
  readonly maxStored?: number;
  /** Seconds a token lives. Default 1799. */
  readonly tokenLifetime?: number;
  /** Calls in any one minute; one more is answered 429. Default 6000. */
  readonly rateLimit?: number;
  /** How `X-Ratelimit-RetryAfter` of such a 429 counts the time since the epoch. Default `seconds`. */
  readonly retryAfterUnit?: 'seconds' | 'milliseconds';
  /**
   * What becomes of a request body in gzip: `accepted`, `unsupported` (415) or `refused` (400). Default `refused`, for
   * no published document says that the cloud takes one.
   */
  readonly gzip?: 'accepted' | 'unsupported' | 'refused';
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** Newest uploads, requests and rejections kept in memory. Default 1000 each. */
  readonly keep?: number;
  /** Bytes of a body, decompressed; a longer one is answered 413. Default 256 MiB. */
  readonly maxBody?: number;
  /** Address and ports. Default: free ports of 127.0.0.1. */
  readonly listen?: ListenOptions;
  /** Whether to start the control host, on 127.0.0.1 whatever the address of the others. Default false. */
  readonly control?: boolean;
  /** Whether to start a double of the vendor's image registry that takes the password handed out. Default false. */
  readonly imageRegistry?: boolean;
  /** Told of every call once it is answered, with the reason of a refusal, which the answer does not have. */
  readonly onCall?: (call: CallRecord) => void;
  /** What the read side finds in the stored inventories, and how it pages. Default: nothing, in whole pages. */
  readonly read?: ReadSideOptions;
  /** Calls to serve besides those the double knows; one of the same method and path takes the place of its own. */
  readonly routes?: (parts: RouteParts) => readonly DoubleRoute[];
}

/** Where the hosts of the double listen. */
export interface ListenOptions {
  /** An IP address of this machine. Default `127.0.0.1`. */
  readonly address?: string;
  /**
   * Port of the API host; the upload host, the API host of another region, the control host and the image registry get
   * those after it. Default 0: free ports.
   */
  readonly port?: number;
}
