import { getCACertificates } from 'node:tls';
import type { ProxyOptions } from '@falcon-iar/oci-registry';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';

/** How the Falcon cloud is reached. */
export interface FalconConnections {
  readonly proxy: ProxyOptions;
  /** Certificates to trust beside those of the system, as PEM. */
  readonly ca: string | undefined;
  /** False accepts any certificate. Default true. */
  readonly rejectUnauthorized?: boolean;
}

/** The connections to the Falcon cloud; to be destroyed at the end. */
export function createFalconDispatcher({ proxy, ca, rejectUnauthorized = true }: FalconConnections): Dispatcher {
  // Node takes `ca` instead of its own list, so its own list is handed back.
  const tls = { rejectUnauthorized, ...(ca !== undefined && { ca: [...getCACertificates('default'), ca] }) };
  return new EnvHttpProxyAgent({
    // Given empty, so that the library does not look into the environment by itself.
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.no ?? '',
    connect: tls,
    requestTls: tls,
    proxyTls: tls,
  });
}
