import type { ServerAccess } from './server-access.ts';
import type { Stanza } from './stanza.ts';

/** Variables of a process; those that are `undefined` are left out. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A program that prints an ExecCredential (client.authentication.k8s.io v1 or v1beta1). */
export interface ExecPlugin {
  /** A path, or a name to look up in PATH. */
  readonly command: string;
  readonly args: readonly string[];
  /** All its variables; `undefined` to inherit those of this process. */
  readonly environment: Environment | undefined;
}

const group = 'client.authentication.k8s.io';

/**
 * The plugin that a user's `exec` describes, with its KUBERNETES_EXEC_INFO where an environment is given to add it to. A
 * missing `apiVersion` is taken as v1; both versions say the same of tokens.
 *
 * @throws WatcherError `OPTIONS_INVALID`, also for what cannot be told without an environment.
 */
export function readExecPlugin(exec: Stanza, access: ServerAccess, environment: Environment | undefined): ExecPlugin {
  const command = exec.requiredText('command');
  const apiVersion = exec.text('apiVersion') ?? `${group}/v1`;
  if (apiVersion !== `${group}/v1` && apiVersion !== `${group}/v1beta1`) {
    throw exec.problem('apiVersion', `is neither ${group}/v1 nor ${group}/v1beta1`);
  }
  if (exec.text('interactiveMode') === 'Always')
    throw exec.problem('interactiveMode', 'is Always, but there is no terminal');
  const own = ownVariables(exec);
  const wantsCluster = exec.flag('provideClusterInfo');
  if (environment === undefined && (own.length > 0 || wantsCluster)) {
    const hint = 'Pass `environment`, the variables that the plugin is to have beside those.';
    throw exec.problem(
      own.length > 0 ? 'env' : 'provideClusterInfo',
      'asks for variables beside the inherited ones',
      hint,
    );
  }
  const info = encodeInfo(exec, { apiVersion, ...(wantsCluster && { cluster: clusterInfo(access) }) });
  return {
    // Only a command with a slash is a path; any other is looked up, as a shell does.
    command: command.includes('/') ? exec.resolve(command) : command,
    args: exec.texts('args'),
    environment: environment && { ...environment, ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: info },
  };
}

function encodeInfo(exec: Stanza, { apiVersion, cluster }: { apiVersion: string; cluster?: object }): string {
  try {
    return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec: { interactive: false, cluster } });
  } catch {
    // An alias in YAML may lead back to where it is, which nothing else of a kubeconfig minds.
    throw exec.problem('provideClusterInfo', "asks for an extension of the cluster's that contains itself");
  }
}

function ownVariables(exec: Stanza): readonly (readonly [string, string])[] {
  return exec.stanzas('env').map((entry) => [entry.requiredText('name'), entry.text('value') ?? ''] as const);
}

function clusterInfo(access: ServerAccess): object {
  return {
    server: access.server,
    'tls-server-name': access.serverName,
    'insecure-skip-tls-verify': access.insecureSkipTlsVerify,
    'certificate-authority-data': access.ca === undefined ? undefined : Buffer.from(access.ca).toString('base64'),
    'proxy-url': access.proxyUrl,
    config: access.pluginConfig,
  };
}
