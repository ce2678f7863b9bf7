import { Agent, type Dispatcher } from 'undici';
import type { FalconCredentials, TokenSource } from '../auth/token-source.ts';
import { parseBaseUrl } from '../cloud/base-url.ts';
import type { PacePolicy } from '../http/call-pace.ts';
import type { NoticeListener } from '../http/falcon-notice.ts';
import { type RetryPolicy, retrySettings, type Sleep } from '../http/retry.ts';
import { defaultUserAgent, parseUserAgent } from '../http/user-agent.ts';
import { createReadSide, type ReadSide } from '../read/read-side.ts';
import { ApiSession } from './api-session.ts';
import { fetchCcid } from './ccid.ts';
import { type ClientTokenSource, clientTokenSource } from './client-token-source.ts';
import { createInventoryEndpoint, type InventoryEndpoint, type InventoryUploadOptions } from './inventory-endpoint.ts';
import {
  fetchRegistryCredentials,
  type RegistryCredentials,
  type RegistryCredentialsOptions,
} from './registry-credentials.ts';
import { UploadHosts } from './upload-hosts.ts';

/** How the client proves who it is: API client credentials, or a token source that several clients may share. */
export type FalconClientIdentity =
  | { readonly credentials: FalconCredentials; readonly tokenSource?: never; readonly apiUrl: string }
  | {
      readonly tokenSource: TokenSource;
      readonly credentials?: never;
      /** May be left out; calls go where the token source says its tokens are good. */
      readonly apiUrl?: string;
    };

/** How to talk to the cloud. `resolveCloud` gives both URLs. */
export type FalconClientOptions = FalconClientIdentity & {
  /** Origin of the container upload host. */
  readonly uploadUrl: string;
  /** undici dispatcher, for a proxy or an own CA; it stays the caller's to close. Default: an own one. */
  readonly dispatcher?: Dispatcher;
  readonly retry?: RetryPolicy;
  /** When calls slow down by themselves; a `tokenSource` that is given brings its own. */
  readonly pace?: PacePolicy;
  /** Told of deprecated calls, of waiting for the cloud's sake, and of a token that could not be taken back. */
  readonly onNotice?: NoticeListener;
  /** Whether `close` takes back the token; a `tokenSource` that is given stays its owner's to close. Default true. */
  readonly revokeOnClose?: boolean;
  /** How inventories are uploaded. */
  readonly inventory?: InventoryUploadOptions;
  /** Waits between attempts. Default: a timer. */
  readonly sleep?: Sleep;
  /** From 0 up to but not including 1, for the jitter. Default `Math.random`. */
  readonly random?: () => number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** `User-Agent`, such as `my-agent/1.2.3`. */
  readonly userAgent?: string;
  /** Milliseconds for one attempt. */
  readonly timeouts?: {
    /** An upload, body included. Default 300 000. */
    readonly upload?: number;
    /** Any other call. Default 30 000. */
    readonly request?: number;
  };
  /** Allows plain http to hosts other than this machine. Default false. */
  readonly insecureHttp?: boolean;
};

/** A client of the Falcon cloud, for image inventories and what surrounds them. */
export class FalconClient implements ReadSide, AsyncDisposable {
  /** Image inventories. */
  readonly inventory: InventoryEndpoint;
  /** Reports of assessed images. */
  readonly reports: ReadSide['reports'];
  /** What the policies say of an image. */
  readonly policyChecks: ReadSide['policyChecks'];
  /** Assessed images. */
  readonly images: ReadSide['images'];
  /** Packages over all assessed images. */
  readonly packages: ReadSide['packages'];
  /** Vulnerabilities over all assessed images, and look-ups. */
  readonly vulnerabilities: ReadSide['vulnerabilities'];
  /** Detections in images. */
  readonly detections: ReadSide['detections'];
  /** What runs. */
  readonly containers: ReadSide['containers'];
  /** Base images. */
  readonly baseImages: ReadSide['baseImages'];
  /** Registries that the cloud scans by itself. */
  readonly registries: ReadSide['registries'];
  /** Lists of any length as a file. */
  readonly exports: ReadSide['exports'];
  /** Image assessment policies. */
  readonly policies: ReadSide['policies'];
  readonly #session: ApiSession;
  readonly #release: ClientTokenSource['release'];
  readonly #ownAgent: Agent | undefined;
  readonly #requestTimeout: number;

  /** @throws FalconError `OPTIONS_INVALID`. */
  constructor(options: FalconClientOptions) {
    const { upload = 300_000, request = 30_000 } = options.timeouts ?? {};
    const uploadUrl = parseBaseUrl('uploadUrl', options.uploadUrl, options.insecureHttp ?? false);
    const userAgent = parseUserAgent(options.userAgent ?? defaultUserAgent);
    const retry = retrySettings(options.retry, options.sleep, options.random);
    const now = options.now ?? Date.now;
    this.#ownAgent = options.dispatcher === undefined ? new Agent() : undefined;
    const dispatcher = options.dispatcher ?? this.#ownAgent!;
    const { tokenSource, release } = clientTokenSource(options, { dispatcher, userAgent, now, timeout: request });
    this.#release = release;
    this.#requestTimeout = request;
    this.#session = new ApiSession({ tokenSource, dispatcher, userAgent, retry, now, onNotice: options.onNotice });
    const hosts = new UploadHosts(uploadUrl, tokenSource, now);
    this.inventory = createInventoryEndpoint({
      ...{ session: this.#session, hosts, now, timeouts: { upload, request } },
      options: options.inventory,
    });
    const read = createReadSide({ session: this.#session, timeout: request });
    this.reports = read.reports;
    this.policyChecks = read.policyChecks;
    this.images = read.images;
    this.packages = read.packages;
    this.vulnerabilities = read.vulnerabilities;
    this.detections = read.detections;
    this.containers = read.containers;
    this.baseImages = read.baseImages;
    this.registries = read.registries;
    this.exports = read.exports;
    this.policies = read.policies;
  }

  /**
   * The customer id with checksum, such as `0123456789ABCDEF0123456789ABCDEF-12`. Scope `sensor-installers:read`.
   *
   * @throws FalconError any code but `CLOUD_UNKNOWN`, `OPTIONS_INVALID` and `INVENTORY_INVALID`.
   */
  async ccid(options: { readonly signal?: AbortSignal } = {}): Promise<string> {
    return fetchCcid(this.#session, this.#requestTimeout, options.signal);
  }

  /**
   * A login for the vendor's image registry. Scopes `falcon-container:read`, and `sensor-installers:read` unless `cid`
   * is given.
   *
   * @throws FalconError any code but `CLOUD_UNKNOWN` and `INVENTORY_INVALID`.
   */
  async registryCredentials(options: RegistryCredentialsOptions = {}): Promise<RegistryCredentials> {
    return fetchRegistryCredentials(this.#session, this.#requestTimeout, options);
  }

  /**
   * Ends calls that run with FalconError `CLOSED`, takes back the token (`revokeOnClose`; at most 5 s), and closes the
   * connections that are the client's own.
   */
  async close(): Promise<void> {
    this.#session.close();
    await this.#release();
    if (this.#ownAgent !== undefined && !this.#ownAgent.destroyed) {
      await this.#ownAgent.destroy();
    }
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
