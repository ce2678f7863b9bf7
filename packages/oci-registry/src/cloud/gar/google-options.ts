import { type CloudContext, type CloudOptions, cloudContext } from '../cloud-options.ts';

/**
 * Where an identity of Google Cloud is looked for, and how its tokens are got. Variables that are read:
 * `GOOGLE_APPLICATION_CREDENTIALS`, `CLOUDSDK_CONFIG`, `HOME`, `APPDATA`, `GCE_METADATA_HOST`, `GCE_METADATA_ROOT`,
 * `GOOGLE_CLOUD_UNIVERSE_DOMAIN`.
 */
export interface GoogleOptions extends CloudOptions {
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
}

/** {@link GoogleOptions} with every default filled in. */
export interface GoogleContext extends CloudContext {
  readonly scope: string;
  readonly universeDomain: string;
  readonly trustedHosts: readonly string[];
}

/** The cloud of whoever names no other. */
export const defaultUniverse = 'googleapis.com';
const pullScope = 'https://www.googleapis.com/auth/devstorage.read_only';

/** Fills the defaults in. */
export function googleContext(options: GoogleOptions): GoogleContext {
  const context = cloudContext(options);
  return {
    ...context,
    scope: options.scope ?? pullScope,
    universeDomain: options.universeDomain || context.env.GOOGLE_CLOUD_UNIVERSE_DOMAIN || defaultUniverse,
    trustedHosts: (options.trustedHosts ?? []).map((host) => host.toLowerCase()),
  };
}
