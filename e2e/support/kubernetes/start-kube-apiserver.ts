import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../loopback-port.ts';
import { runTool } from '../run-tool.ts';
import { type ServiceProcess, serviceProcess } from '../service-process.ts';
import { ApiClient } from './api-client.ts';
import { kubeApiserver } from './build-kube-apiserver.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** A running kube-apiserver with RBAC. */
export interface KubeApiserver extends ServiceProcess {
  /** `https://127.0.0.1:PORT`, the same after every start. */
  readonly url: string;
  /** PEM of the authority that its certificate is to be checked with. */
  readonly ca: string;
  /** Bearer token of a member of `system:masters`, who may do everything. */
  readonly adminToken: string;
  /** Path of a kubeconfig for that member. */
  readonly kubeconfig: string;
  /** Requests as that member. */
  readonly admin: ApiClient;
  /** The minor version: 20 of 1.20. */
  readonly minor: number;
  /** The bearer token of a user that the options name. */
  tokenOf(user: string): string;
  /** Ends it as an administrator would and starts it anew; `between` runs while it is down. */
  restart(between?: () => Promise<void>): Promise<void>;
}

/** Settings of the API server. */
export interface KubeApiserverOptions {
  /** Names of users that have a token and no rights but those that a test gives them. */
  readonly users?: readonly string[];
  /** Whether watches are served from memory, as they are by default, or each from etcd. */
  readonly watchCache?: boolean;
}

/** Starts a kube-apiserver on an etcd, with its certificates and keys in a folder under `directory`. */
export async function startKubeApiserver(
  directory: string,
  etcdUrl: string,
  { users = [], watchCache = true }: KubeApiserverOptions = {},
): Promise<KubeApiserver> {
  const command = await kubeApiserver();
  const minor = await minorVersion(command);
  const folder = join(directory, 'kube-apiserver');
  await mkdir(folder, { recursive: true });
  const [port, tokens] = [await freePort(), await writeTokens(folder, users)];
  const url = `https://127.0.0.1:${port}`;
  const serviceAccountKey = await writeServiceAccountKey(folder);
  const args = [
    `--etcd-servers=${etcdUrl}`,
    `--cert-dir=${folder}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    // What the cluster's own services would be reached by. Nothing asks for them here, and no route has to exist.
    '--advertise-address=192.0.2.1',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--service-account-key-file=${serviceAccountKey}`,
    `--service-account-signing-key-file=${serviceAccountKey}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    // As every cluster has it, whose own parts need privileged containers.
    '--allow-privileged',
    // It would refuse every pod until a controller, which is not here, has made the default service account.
    '--disable-admission-plugins=ServiceAccount',
    `--watch-cache=${watchCache}`,
    ...(minor < 23 ? ['--feature-gates=EphemeralContainers=true'] : []),
  ];
  const certificate = join(folder, 'apiserver.crt');
  const adminToken = tokens.get(adminName)!;
  let admin: ApiClient | undefined;
  const isReady = async (): Promise<boolean> => {
    // The certificate is made when the server starts for the first time.
    admin ??= new ApiClient({ url, ca: await readFile(certificate, 'utf8'), token: adminToken });
    return (await admin.getText('/readyz')) === 'ok';
  };
  const service = serviceProcess({ command, args, isReady });
  await service.start();
  const ca = await readFile(certificate, 'utf8');
  return {
    ...service,
    ...{ url, ca, adminToken, minor },
    kubeconfig: await writeKubeconfig(join(folder, 'admin.kubeconfig'), { url, ca, token: adminToken }),
    admin: admin!,
    tokenOf(user) {
      const token = tokens.get(user);
      if (token === undefined) throw new Error(`kube-apiserver was started without a user ${user}`);
      return token;
    },
    async restart(between) {
      await service.stop();
      await between?.();
      await service.start();
    },
  };
}

const adminName = 'admin';

/** The file of users and their tokens that the server reads. */
async function writeTokens(folder: string, users: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map([adminName, ...users].map((name) => [name, randomBytes(16).toString('hex')]));
  const lines = [...tokens].map(([name, token]) =>
    [token, name, `uid-${name}`, ...(name === adminName ? ['system:masters'] : [])].join(),
  );
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
  return tokens;
}

/** The key that signs the tokens of service accounts, and that they are checked with. */
async function writeServiceAccountKey(folder: string): Promise<string> {
  const path = join(folder, 'service-account.key');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(path, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  return path;
}

async function minorVersion(command: string): Promise<number> {
  const output = await runTool(command, ['--version']);
  const minor = /v1\.(\d+)/.exec(output)?.[1];
  if (minor === undefined) throw new Error(`${command} --version: ${output}`);
  return Number(minor);
}
