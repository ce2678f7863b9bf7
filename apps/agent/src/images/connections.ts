import { readFile } from 'node:fs/promises';
import { getCACertificates } from 'node:tls';
import type { ProxyOptions, TlsOptions } from '@falcon-iar/oci-registry';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { UsageError } from '../cli/usage-error.ts';
import type { ImagesOptions } from './images-options.ts';

/** How hosts are reached. */
export interface Connections {
  readonly proxy: ProxyOptions;
  readonly tls: TlsOptions;
}

/**
 * The proxies of the environment and the certificates of the command line.
 *
 * @throws UsageError for a file of certificates that cannot be read
 */
export async function readConnections(options: ImagesOptions, env: NodeJS.ProcessEnv): Promise<Connections> {
  return {
    // As curl reads them: the spelling in lower case goes first.
    proxy: {
      http: env.http_proxy || env.HTTP_PROXY,
      https: env.https_proxy || env.HTTPS_PROXY,
      no: env.no_proxy || env.NO_PROXY,
    },
    tls: {
      ca: options.caCert === undefined ? undefined : await readCertificates(options.caCert),
      rejectUnauthorized: !(options.insecureSkipTlsVerify ?? false),
    },
  };
}

/** The connections to the Falcon cloud. */
export function createFalconDispatcher({ proxy, tls }: Connections): Dispatcher {
  const { ca = [], rejectUnauthorized = true } = tls;
  const trust = { ca: [...getCACertificates('default'), ...[ca].flat()], rejectUnauthorized };
  return new EnvHttpProxyAgent({
    // Given empty, so that the library does not look into the environment by itself.
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.no ?? '',
    connect: trust,
    requestTls: trust,
    proxyTls: trust,
  });
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read the certificates in ${file}`, 'give --ca-cert a readable PEM file', { cause });
  }
}
