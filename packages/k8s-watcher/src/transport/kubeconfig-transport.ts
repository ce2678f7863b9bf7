import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';
import { WatcherError } from '../watcher-error.ts';
import type { ClusterTransport } from './cluster-transport.ts';
import { type ClusterTransportOptions, createClusterTransport } from './create-cluster-transport.ts';
import type { CredentialSource } from './credential-source.ts';
import { execCredential } from './exec-credential.ts';

/** Which kubeconfig, and which context of it. Give one of `text` and `path`. */
export interface KubeconfigOptions
  extends Omit<
    ClusterTransportOptions,
    'baseUrl' | 'ca' | 'clientCert' | 'token' | 'tokenFile' | 'credentials' | 'serverName' | 'insecureSkipTlsVerify'
  > {
  readonly text?: string;
  /** Relative paths inside the file are taken from its directory. */
  readonly path?: string;
  /** Default: the file's `current-context`. */
  readonly context?: string;
  readonly signal?: AbortSignal;
}

/**
 * A transport as kubectl would have it: bearer token, user and password, client certificate, exec plugin (for its token
 * only), impersonation, `insecure-skip-tls-verify`, `tls-server-name`. Files it names are read once, here.
 *
 * @throws WatcherError `OPTIONS_INVALID` for a kubeconfig that does not say enough or asks for what is not supported
 * (auth-provider, proxy-url without `dispatcher`), `CREDENTIALS_UNREADABLE` for a file that is not there.
 */
export async function kubeconfigTransport(options: KubeconfigOptions): Promise<ClusterTransport> {
  const { text, path, context, signal, ...rest } = options;
  const { cluster, user } = await loadKubeconfig({ text, path, context, signal });
  if (cluster.proxyUrl !== undefined && rest.dispatcher === undefined) {
    throw new WatcherError('OPTIONS_INVALID', 'kubeconfig: proxy-url is not followed', {
      hint: 'Pass a dispatcher that goes through the proxy.',
    });
  }
  const read = (file: string | undefined, data: string | undefined) => readPem(file, data, signal);
  const cert = await read(user?.certFile, user?.certData);
  const key = await read(user?.keyFile, user?.keyData);
  if ((cert === undefined) !== (key === undefined)) {
    throw new WatcherError('OPTIONS_INVALID', 'kubeconfig: a client certificate and its key must come together');
  }
  return createClusterTransport({
    ...rest,
    baseUrl: cluster.server,
    ca: await read(cluster.caFile, cluster.caData),
    clientCert: cert === undefined || key === undefined ? undefined : { cert, key },
    credentials: credentialsOf(user),
    serverName: cluster.tlsServerName,
    insecureSkipTlsVerify: cluster.skipTLSVerify,
    headers: user?.impersonateUser ? { ...rest.headers, 'impersonate-user': user.impersonateUser } : rest.headers,
  });
}

interface Source {
  readonly text: string | undefined;
  readonly path: string | undefined;
  readonly context: string | undefined;
  readonly signal: AbortSignal | undefined;
}

async function loadKubeconfig({ text, path, context, signal }: Source): Promise<{ cluster: Cluster; user?: User }> {
  if ((text === undefined) === (path === undefined)) {
    throw new WatcherError('OPTIONS_INVALID', 'kubeconfig: give either text or path');
  }
  const content = text ?? (await readNamedFile(path!, signal));
  // Loading the parser takes half a second, which only those who have a kubeconfig should wait.
  const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
  const config = new KubeConfig();
  parse(config, content);
  if (path !== undefined) config.makePathsAbsolute(dirname(path));
  const name = context ?? config.getCurrentContext();
  const chosen = config.getContextObject(name);
  if (!chosen) {
    throw new WatcherError('OPTIONS_INVALID', `kubeconfig: there is no context ${JSON.stringify(name ?? '')}`, {
      hint: `It has: ${
        config
          .getContexts()
          .map((known) => known.name)
          .join(', ') || 'none'
      }.`,
    });
  }
  const cluster = config.getCluster(chosen.cluster);
  if (!cluster) {
    throw new WatcherError('OPTIONS_INVALID', `kubeconfig: there is no cluster ${JSON.stringify(chosen.cluster)}`);
  }
  const user = config.getUser(chosen.user);
  if (!user && chosen.user) {
    throw new WatcherError('OPTIONS_INVALID', `kubeconfig: there is no user ${JSON.stringify(chosen.user)}`);
  }
  return user ? { cluster, user } : { cluster };
}

function parse(config: KubeConfig, content: string): void {
  try {
    config.loadFromString(content);
  } catch (cause) {
    // The parser quotes the line it failed on, which may be a token, so its error is not kept as the cause.
    const reason = cause instanceof Error && /^(?:clusters|users|contexts)\[\d+\]/.test(cause.message);
    throw new WatcherError(
      'OPTIONS_INVALID',
      `kubeconfig: ${reason ? (cause as Error).message : 'it is not valid YAML'}`,
    );
  }
}

function credentialsOf(user: User | undefined): CredentialSource {
  if (user?.exec) return execCredential(user);
  if (user?.authProvider) {
    throw new WatcherError('OPTIONS_INVALID', 'kubeconfig: auth-provider is not supported', {
      hint: 'Use an exec plugin, which replaced it in Kubernetes 1.26.',
    });
  }
  const token = user?.token;
  const basic = user?.username === undefined ? undefined : `Basic ${btoa(`${user.username}:${user.password ?? ''}`)}`;
  const value = token ? `Bearer ${token}` : basic;
  return { authorization: async () => value, refused: () => false };
}

async function readPem(file: string | undefined, data: string | undefined, signal: AbortSignal | undefined) {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? await readNamedFile(file, signal) : undefined;
}

async function readNamedFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await readFile(path, { encoding: 'utf8', ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WatcherError('CREDENTIALS_UNREADABLE', `read ${path}: the file cannot be read`, { cause });
  }
}
