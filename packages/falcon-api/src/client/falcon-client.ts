import { Agent, type Dispatcher } from 'undici';
import { createTokenSource } from '../auth/create-token-source.ts';
import type { FalconCredentials, TokenSource } from '../auth/token-source.ts';
import { parseBaseUrl } from '../cloud/base-url.ts';
import { FalconError } from '../falcon-error.ts';
import { type RetryPolicy, retrySettings, type Sleep } from '../http/retry.ts';
import { defaultUserAgent, parseUserAgent } from '../http/user-agent.ts';
import { ApiSession } from './api-session.ts';
import { fetchCcid } from './ccid.ts';
import { createInventoryEndpoint, type InventoryEndpoint } from './inventory-endpoint.ts';
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
export class FalconClient implements AsyncDisposable {
  /** Image inventories. */
  readonly inventory: InventoryEndpoint;
  readonly #session: ApiSession;
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
    const tokenSource = tokenSourceOf(options, { dispatcher, userAgent, now, timeout: request });
    this.#requestTimeout = request;
    this.#session = new ApiSession({ tokenSource, dispatcher, userAgent, retry, now });
    const hosts = new UploadHosts(uploadUrl, tokenSource, now);
    this.inventory = createInventoryEndpoint(this.#session, hosts, { upload, request });
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

  /** Ends calls that run with FalconError `CLOSED`, and closes the connections that are the client's own. */
  async close(): Promise<void> {
    this.#session.close();
    if (this.#ownAgent !== undefined && !this.#ownAgent.destroyed) {
      await this.#ownAgent.destroy();
    }
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function tokenSourceOf(
  options: FalconClientOptions,
  shared: { dispatcher: Dispatcher; userAgent: string; now: () => number; timeout: number },
): TokenSource {
  if (options.tokenSource !== undefined) {
    return options.tokenSource;
  }
  if (options.credentials === undefined) {
    throw new FalconError('OPTIONS_INVALID', 'Falcon client: neither credentials nor tokenSource was given');
  }
  const { clientId, clientSecret, memberCid } = options.credentials;
  return createTokenSource({
    clientId,
    clientSecret,
    ...(memberCid === undefined ? {} : { memberCid }),
    apiUrl: options.apiUrl,
    insecureHttp: options.insecureHttp ?? false,
    ...shared,
  });
}
