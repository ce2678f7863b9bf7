import { readCertificates } from '../cli/read-certificates.ts';
import type { FalconConnections } from '../deliver/falcon-dispatcher.ts';
import { environmentProxies } from '../registry/environment-proxies.ts';
import type { ImagesOptions } from './images-options.ts';

/**
 * How hosts are reached: the proxies of the environment and the certificates of the command line.
 *
 * @throws UsageError for a file of certificates that cannot be read
 */
export async function readConnections(options: ImagesOptions, env: NodeJS.ProcessEnv): Promise<FalconConnections> {
  return {
    proxy: environmentProxies(env),
    ca: options.caCert === undefined ? undefined : await readCertificates(options.caCert),
    rejectUnauthorized: !(options.insecureSkipTlsVerify ?? false),
  };
}
