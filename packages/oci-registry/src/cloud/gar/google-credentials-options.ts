import { type RetryOptions, type RetryPolicy, retryPolicy } from '../../transport/retry.ts';
import { type CloudHttp, createCloudHttp } from '../cloud-http.ts';
import { type ReadCredentialFile, readCredentialFile } from './read-credential-file.ts';

/** Where an identity of Google Cloud is looked for, and how its tokens are got. Nothing is read from the process. */
export interface GoogleCredentialsOptions {
  /**
   * Environment variables: `GOOGLE_APPLICATION_CREDENTIALS`, `CLOUDSDK_CONFIG`, `HOME`, `APPDATA`, `GCE_METADATA_HOST`,
   * `GCE_METADATA_ROOT`, `GOOGLE_CLOUD_UNIVERSE_DOMAIN`. Default none.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Reads credential files and token files, for each token anew. Default from the file system, at most 1 MiB. */
  readonly readFile?: ReadCredentialFile | undefined;
  /** Asks Google's services. Default {@link createCloudHttp} without a proxy. */
  readonly http?: CloudHttp | undefined;
  /** When a request is sent again. Default as for registries. */
  readonly retry?: RetryOptions | undefined;
  /**
   * OAuth2 scope of the tokens. Default `https://www.googleapis.com/auth/devstorage.read_only`: the narrowest that pulls
   * from both Artifact Registry and gcr.io, and what nodes of GKE have. The metadata server and the tokens of a person
   * have the scopes they were made with.
   */
  readonly scope?: string | undefined;
  /** The cloud that credentials are for. Default `GOOGLE_CLOUD_UNIVERSE_DOMAIN`, or else `googleapis.com`. */
  readonly universeDomain?: string | undefined;
  /**
   * Hosts, `host` or `host:port`, that a credentials file may name as a token service beside Google's own: they get to
   * see what Google's would. Loopback ones may have plain http. Default none.
   */
  readonly trustedHosts?: readonly string[] | undefined;
  /** Current time in ms since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** {@link GoogleCredentialsOptions} with every default filled in. */
export interface GoogleContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: ReadCredentialFile;
  readonly http: CloudHttp;
  readonly retry: RetryPolicy;
  readonly scope: string;
  readonly universeDomain: string;
  readonly trustedHosts: readonly string[];
  readonly now: () => number;
}

/** The cloud of whoever names no other. */
export const defaultUniverse = 'googleapis.com';
const pullScope = 'https://www.googleapis.com/auth/devstorage.read_only';

/** Fills the defaults in. */
export function googleContext(options: GoogleCredentialsOptions): GoogleContext {
  const env = options.env ?? {};
  return {
    env,
    readFile: options.readFile ?? readCredentialFile,
    http: options.http ?? createCloudHttp(),
    retry: retryPolicy(options.retry),
    scope: options.scope ?? pullScope,
    universeDomain: options.universeDomain || env.GOOGLE_CLOUD_UNIVERSE_DOMAIN || defaultUniverse,
    trustedHosts: (options.trustedHosts ?? []).map((host) => host.toLowerCase()),
    now: options.now ?? Date.now,
  };
}
