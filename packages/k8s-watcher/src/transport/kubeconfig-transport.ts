import { chooseContext } from '../kubeconfig/choose-context.ts';
import type { Environment } from '../kubeconfig/exec-plugin.ts';
import { impersonationHeaders } from '../kubeconfig/impersonation-headers.ts';
import { loadKubeconfig } from '../kubeconfig/load-kubeconfig.ts';
import { readFileOrData } from '../kubeconfig/read-file-or-data.ts';
import { readServerAccess } from '../kubeconfig/server-access.ts';
import type { Stanza } from '../kubeconfig/stanza.ts';
import { userCredentials } from '../kubeconfig/user-credentials.ts';
import type { ClusterTransport } from './cluster-transport.ts';
import { type ClusterTransportOptions, createClusterTransport } from './create-cluster-transport.ts';
import { staticCredential } from './credential-source.ts';

/** Which kubeconfig, and which context of it. Give exactly one of `text`, `path` and `paths`. */
export interface KubeconfigOptions
  extends Omit<
    ClusterTransportOptions,
    'baseUrl' | 'ca' | 'clientCert' | 'token' | 'tokenFile' | 'credentials' | 'serverName' | 'insecureSkipTlsVerify'
  > {
  /** YAML or JSON. */
  readonly text?: string;
  /** Relative paths inside the file are taken from its directory. */
  readonly path?: string;
  /**
   * The files of KUBECONFIG, already split: the first that sets a value wins, those that are not there are skipped unless
   * none is.
   */
  readonly paths?: readonly string[];
  /** Default: the first `current-context`. */
  readonly context?: string;
  /**
   * The variables an exec plugin gets, beside those of the kubeconfig and KUBERNETES_EXEC_INFO. Default: the plugin
   * inherits those of this process as they are, and a kubeconfig that asks for more is refused.
   */
  readonly environment?: Environment;
  readonly signal?: AbortSignal;
}

/**
 * A transport as kubectl would have it: bearer token, token file, user and password, client certificate, exec plugin (for
 * its token only), impersonation, `insecure-skip-tls-verify`, `tls-server-name`. Certificates are read once, here; a token
 * file is read again as it changes. Unlike kubectl it sends credentials over plain http too, where the server says so.
 *
 * @throws WatcherError `OPTIONS_INVALID` for a kubeconfig that does not say enough or asks for what is not supported
 * (auth-provider, proxy-url without `dispatcher`), `CREDENTIALS_UNREADABLE` for a file that is not there.
 */
export async function kubeconfigTransport(options: KubeconfigOptions): Promise<ClusterTransport> {
  const { text, path, paths, context, environment, signal, ...rest } = options;
  const { cluster, user } = chooseContext(await loadKubeconfig({ text, path, paths, signal }), context);
  const access = await readServerAccess(cluster, signal);
  if (access.proxyUrl !== undefined && rest.dispatcher === undefined) {
    throw cluster.problem('proxy-url', 'is not followed', 'Pass a dispatcher that goes through the proxy.');
  }
  const clientCert = user && (await readClientCert(user, signal));
  const now = rest.now ?? Date.now;
  const surroundings = { access, hasCertificate: clientCert !== undefined, environment, now, signal };
  return createClusterTransport({
    ...rest,
    baseUrl: access.server,
    ca: access.ca,
    clientCert,
    credentials: user ? await userCredentials(user, surroundings) : staticCredential(undefined),
    serverName: access.serverName,
    insecureSkipTlsVerify: access.insecureSkipTlsVerify,
    headers: { ...rest.headers, ...impersonationHeaders(user) },
  });
}

/** A key without a certificate is nothing, as to kubectl. */
async function readClientCert(
  user: Stanza,
  signal: AbortSignal | undefined,
): Promise<ClusterTransportOptions['clientCert']> {
  const cert = await readFileOrData(user, 'client-certificate', signal);
  if (cert === undefined) return undefined;
  const key = await readFileOrData(user, 'client-key', signal);
  if (key === undefined) throw user.problem('client-certificate', 'needs its key, client-key or client-key-data');
  return { cert, key };
}
