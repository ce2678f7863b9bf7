import { readFileOrData } from './read-file-or-data.ts';
import type { Stanza } from './stanza.ts';

/** What a kubeconfig says of a cluster. */
export interface ServerAccess {
  /** `https://host[:port][/prefix]`. */
  readonly server: string;
  /** PEM. */
  readonly ca: string | undefined;
  readonly serverName: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  /** May hold a password. */
  readonly proxyUrl: string | undefined;
  /** What the file wants passed to an exec plugin, of any shape. */
  readonly pluginConfig: unknown;
}

const pluginExtension = 'client.authentication.k8s.io/exec';

/** @throws WatcherError `OPTIONS_INVALID` for contradictions, `CREDENTIALS_UNREADABLE` for a file that is not there. */
export async function readServerAccess(cluster: Stanza, signal: AbortSignal | undefined): Promise<ServerAccess> {
  const insecureSkipTlsVerify = cluster.flag('insecure-skip-tls-verify');
  const ca = await readFileOrData(cluster, 'certificate-authority', signal);
  if (insecureSkipTlsVerify && ca !== undefined) {
    throw cluster.problem('insecure-skip-tls-verify', 'contradicts the certificate authority beside it');
  }
  return {
    server: cluster.requiredText('server'),
    ca,
    serverName: cluster.text('tls-server-name'),
    insecureSkipTlsVerify,
    proxyUrl: cluster.text('proxy-url'),
    pluginConfig: cluster
      .stanzas('extensions')
      .find((extension) => extension.raw('name') === pluginExtension)
      ?.raw('extension'),
  };
}
