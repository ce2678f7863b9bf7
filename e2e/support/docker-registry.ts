import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endProcess } from './end-process.ts';
import { hasTool } from './required-tools.ts';
import { runTool } from './run-tool.ts';
import type { TokenServer } from './token-server.ts';

/** A running CNCF Distribution registry with a storage folder of its own. */
export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** What it has answered, oldest first; a line of its log each. */
  readonly requests: readonly RegistryRequest[];
  /** The file that holds a blob's bytes, for tests that damage it. The registry serves what is there, unchecked. */
  blobFile(digest: string): string;
  /** Ends the process and removes its folder. */
  close(): Promise<void>;
}

/** A request that the registry has answered. */
export interface RegistryRequest {
  readonly method: string;
  /** Path and query. */
  readonly uri: string;
  readonly status: number;
}

/** What the registry asks of its clients. */
export interface DockerRegistryOptions {
  /** The one user it lets in, by Basic authentication; anybody when absent. */
  readonly user?: { readonly name: string; readonly password: string };
  /** The token server that it sends clients to, and believes. */
  readonly tokens?: Pick<TokenServer, 'realm' | 'service' | 'issuer' | 'certificate'>;
}

/** Starts Debian's `docker-registry` on a free loopback port and waits until it listens. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  if (!hasTool('docker-registry')) {
    throw new Error('docker-registry is not installed: apt-get install docker-registry');
  }
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-registry-'));
  const config = join(directory, 'config.json');
  // The registry reads YAML, of which JSON is a part.
  await writeFile(config, JSON.stringify(await registryConfig(directory, options)));
  const registry = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const close = async (): Promise<void> => {
    await endProcess(registry, { patience: 5_000 });
    await rm(directory, { recursive: true, force: true });
  };
  const blobFile = (digest: string): string => {
    const hex = digest.replace('sha256:', '');
    return join(directory, 'storage/docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
  };
  const requests: RegistryRequest[] = [];
  try {
    return { host: await listeningHost(registry, requests), requests, blobFile, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function registryConfig(directory: string, { user, tokens }: DockerRegistryOptions): Promise<unknown> {
  const rootcertbundle = join(directory, 'tokens.pem');
  if (tokens) await writeFile(rootcertbundle, tokens.certificate);
  const htpasswd = join(directory, 'htpasswd');
  if (user) await writeFile(htpasswd, `${user.name}:${await bcrypt(user.password)}\n`);
  return {
    version: '0.1',
    log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'storage') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
    ...(user ? { auth: { htpasswd: { realm: 'falcon-iar tests', path: htpasswd } } } : {}),
    ...(tokens ? { auth: { token: { ...tokenSettings(tokens), rootcertbundle } } } : {}),
  };
}

function tokenSettings({ realm, service, issuer }: NonNullable<DockerRegistryOptions['tokens']>): object {
  return { realm, service, issuer };
}

/** The registry takes bcrypt only, which Node lacks; Debian's crypt(3) has it, and Perl calls that. */
async function bcrypt(password: string): Promise<string> {
  const salt = `$2y$05$${randomBytes(16).toString('hex').slice(0, 21)}.`;
  return await runTool('perl', ['-e', 'my $password = <STDIN>; print crypt($password, $ARGV[0])', salt], {
    input: password,
  });
}

/** The address the registry says it listens on: with port 0 the kernel has chosen a free one. */
async function listeningHost(registry: ChildProcess, requests: RegistryRequest[]): Promise<string> {
  const failed = new Promise<never>((_, reject) => {
    registry.once('error', reject);
    registry.once('exit', (code) =>
      reject(new Error(`docker-registry ended with exit code ${code} before it listened`)),
    );
    setTimeout(() => reject(new Error('docker-registry did not listen within 20 s')), 20_000).unref();
  });
  const found = new Promise<string>((resolve) => {
    // Lines are read on after the one that matters, so that the pipe never fills.
    createInterface({ input: registry.stderr! }).on('line', (line) => {
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (host) resolve(host);
      const request = answered(line);
      if (request) requests.push(request);
    });
  });
  return await Promise.race([found, failed]);
}

/** Which request a line of the log speaks of. */
function answered(line: string): RegistryRequest | undefined {
  if (!/"response completed(?: with error)?"/.test(line)) return undefined;
  const fields = JSON.parse(line) as Record<string, unknown>;
  const [method, uri] = [fields['http.request.method'], fields['http.request.uri']];
  return { method: String(method), uri: String(uri), status: Number(fields['http.response.status']) };
}
