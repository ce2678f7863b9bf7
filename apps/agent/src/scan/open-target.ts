import { resolve } from 'node:path';
import {
  type ArchiveFormat,
  chainKeychains,
  type Keychain,
  openDockerArchive,
  openOciArchive,
  openOciLayout,
  parseReference,
  RegistryClient,
  type ResolveOptions,
  readArchiveStream,
  staticKeychain,
} from '@falcon-iar/oci-registry';
import { UsageError } from '../cli/usage-error.ts';
import { userAgent } from '../cli/user-agent.ts';
import { readDirectory } from '../inventory/read-directory.ts';
import type { ReadLayersOptions } from '../inventory/read-layers.ts';
import { readPassingLayers } from '../inventory/read-passing-layers.ts';
import type { ScannableImage } from '../inventory/scannable-image.ts';
import { scannableRuntimeImage } from '../inventory/scannable-runtime-image.ts';
import type { CloudKeychainOptions } from '../registry/cloud-keychain.ts';
import { configuredKeychain } from '../registry/configured-keychain.ts';
import { environmentProxies } from '../registry/environment-proxies.ts';
import { type RegistryHostsFiles, registryHosts } from '../registry/registry-hosts.ts';
import { splitPathTarget } from './path-target.ts';
import type { ScannableRuntime } from './runtime-endpoint.ts';
import type { Target } from './target.ts';

/** How the command line says to reach a registry. */
export interface RegistryAccess extends RegistryHostsFiles {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly insecureUseHttp: boolean;
  readonly insecureSkipTlsVerify: boolean;
  /** PEM certificates to trust beside those of the system. */
  readonly ca: string | undefined;
  /** Told of a log-in that is configured and cannot be used. */
  readonly onProblem: (error: unknown) => void;
}

/** The image that a target names, not yet looked for. */
export interface OpenTarget extends AsyncDisposable {
  /**
   * Finds the image.
   *
   * @param reading how layers are read that pass before it is known which image they are of
   * @throws RegistryError, RuntimeError, LayerError, DirectoryError, StoredImageError
   */
  resolve(options: ResolveOptions, reading: ReadLayersOptions): Promise<ScannableImage>;
}

/**
 * Opens what a target names.
 *
 * @throws RegistryError when the reference breaks the grammar
 */
export async function openTarget(target: Target, access: RegistryAccess, env: NodeJS.ProcessEnv): Promise<OpenTarget> {
  switch (target.scheme) {
    case 'registry': {
      const client = await openRegistry(target.value, access, env);
      return opened(client, (options) => client.resolve(target.value, options));
    }
    case 'oci-layout': {
      const { path, name } = await splitPathTarget(target.value);
      const layout = openOciLayout(path);
      return opened(layout, (options) => layout.resolve(name, options));
    }
    case 'archive':
      return standardInput(undefined, undefined);
    case 'docker-archive':
    case 'oci-archive': {
      const { path, name } = await splitPathTarget(target.value);
      if (path === '-') return standardInput(name, target.scheme);
      const archive = target.scheme === 'oci-archive' ? openOciArchive(path) : openDockerArchive(path);
      return opened(archive, (options) => archive.resolve(name, options));
    }
    case 'docker':
    case 'podman':
    case 'containerd':
      return openRuntime(target.scheme, target.value, env);
    case 'crio':
      return openStorage(target.value);
    case 'rootfs':
      return heldByNobody(({ platform }, reading) => readDirectory(target.value, { ...reading, platform }));
  }
}

async function openRuntime(kind: ScannableRuntime, reference: string, env: NodeJS.ProcessEnv): Promise<OpenTarget> {
  // Only who asks a runtime waits for its protocols to load.
  const [{ createRuntime }, { runtimeEndpoint }] = await Promise.all([
    import('@falcon-iar/runtime-socket'),
    import('./runtime-endpoint.ts'),
  ]);
  const runtime = createRuntime(runtimeEndpoint(kind, env));
  return opened(runtime, async (options) =>
    scannableRuntimeImage(kind, await runtime.imageSource().resolve(reference, options)),
  );
}

/** Where CRI-O and Podman keep what root has pulled, unless they are told otherwise. */
const usualStorage = '/var/lib/containers/storage';

/** CRI-O's own interface gives no content, but its storage can be read: `[FOLDER]REFERENCE`, the folder as skopeo has it. */
async function openStorage(value: string): Promise<OpenTarget> {
  const { openStoredImage } = await import('./stored-image/open-stored-image.ts');
  const [, folder = usualStorage, reference = value] =
    /^\[(?:overlay@)?([^\]+]+)(?:\+[^\]]*)?\](.+)$/s.exec(value) ?? [];
  return heldByNobody(({ platform }) => openStoredImage({ root: resolve(folder), reference, platform }));
}

/** What is only open while it is read. */
function heldByNobody(find: OpenTarget['resolve']): OpenTarget {
  return { resolve: find, [Symbol.asyncDispose]: async () => undefined };
}

function standardInput(reference: string | undefined, format: ArchiveFormat | undefined): OpenTarget {
  if (process.stdin.isTTY) {
    throw new UsageError('standard input is a terminal', 'pipe an archive into it: docker save app | iar scan -');
  }
  return {
    resolve(options, reading) {
      const archive = readArchiveStream(process.stdin, { ...options, reference, format, name: 'standard input' });
      return readPassingLayers(archive, reading);
    },
    async [Symbol.asyncDispose]() {
      process.stdin.destroy();
    },
  };
}

function opened(source: AsyncDisposable, resolve: OpenTarget['resolve']): OpenTarget {
  return { resolve, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
}

async function openRegistry(
  reference: string,
  access: RegistryAccess,
  env: NodeJS.ProcessEnv,
): Promise<RegistryClient> {
  const { registry } = parseReference(reference);
  const insecureHttp = access.insecureUseHttp ? [registry] : [];
  const hosts = await registryHosts(access, insecureHttp);
  const tls = { rejectUnauthorized: !access.insecureSkipTlsVerify, ca: access.ca };
  const proxy = environmentProxies(env);
  return new RegistryClient({
    keychain: keychain(registry, access, { env, proxy, tls: { ca: access.ca } }),
    userAgent: userAgent(),
    ...{ insecureHttp, tls, proxy },
    ...(hosts !== undefined && { hosts }),
  });
}

/** What the command line says goes first; then what is configured. */
function keychain(
  registry: string,
  { username, password, onProblem }: RegistryAccess,
  cloud: CloudKeychainOptions,
): Keychain {
  const configured = configuredKeychain({ ...cloud, runHelpers: true, onProblem });
  if (username === undefined || password === undefined) return configured;
  return chainKeychains(staticKeychain({ [registry]: { username, password } }), configured);
}
