import type { ProxyOptions } from '@falcon-iar/oci-registry';

/** The proxies as every tool of this kind reads them in the environment; lower case goes first, as with curl. */
export function environmentProxies(env: NodeJS.ProcessEnv): ProxyOptions {
  return {
    http: env.http_proxy || env.HTTP_PROXY,
    https: env.https_proxy || env.HTTPS_PROXY,
    no: env.no_proxy || env.NO_PROXY,
  };
}
