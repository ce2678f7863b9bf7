import {
  chainKeychains,
  dockerConfigKeychain,
  type Keychain,
  openDockerArchive,
  openOciLayout,
  parseReference,
  RegistryClient,
  type ResolveOptions,
  staticKeychain,
} from '@falcon-iar/oci-registry';
import { userAgent } from '../cli/user-agent.ts';
import type { ScannableImage } from '../inventory/scannable-image.ts';
import { scannableRuntimeImage } from '../inventory/scannable-runtime-image.ts';
import { credentialFiles } from './credential-files.ts';
import { splitPathTarget } from './path-target.ts';
import type { ScannableRuntime } from './runtime-endpoint.ts';
import type { Target } from './target.ts';

/** How the command line says to reach a registry. */
export interface RegistryAccess {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly insecureUseHttp: boolean;
  readonly insecureSkipTlsVerify: boolean;
  /** PEM certificates to trust beside those of the system. */
  readonly ca: string | undefined;
}

/** The image that a target names, not yet looked for. */
export interface OpenTarget extends AsyncDisposable {
  /** @throws RegistryError, RuntimeError */
  resolve(options: ResolveOptions): Promise<ScannableImage>;
}

/**
 * Opens what a target names.
 *
 * @throws RegistryError when the reference breaks the grammar
 */
export async function openTarget(target: Target, access: RegistryAccess, env: NodeJS.ProcessEnv): Promise<OpenTarget> {
  switch (target.scheme) {
    case 'registry': {
      const client = openRegistry(target.value, access, env);
      return opened(client, (options) => client.resolve(target.value, options));
    }
    case 'oci-layout': {
      const { path, name } = await splitPathTarget(target.value);
      const layout = openOciLayout(path);
      return opened(layout, (options) => layout.resolve(name, options));
    }
    case 'docker-archive': {
      const { path, name } = await splitPathTarget(target.value);
      const archive = openDockerArchive(path);
      return opened(archive, (options) => archive.resolve(name, options));
    }
    case 'docker':
    case 'podman':
    case 'containerd':
      return openRuntime(target.scheme, target.value, env);
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

function opened(source: AsyncDisposable, resolve: OpenTarget['resolve']): OpenTarget {
  return { resolve, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
}

function openRegistry(reference: string, access: RegistryAccess, env: NodeJS.ProcessEnv): RegistryClient {
  const { registry } = parseReference(reference);
  return new RegistryClient({
    keychain: keychain(registry, access, env),
    userAgent: userAgent(),
    insecureHttp: access.insecureUseHttp ? [registry] : [],
    tls: { rejectUnauthorized: !access.insecureSkipTlsVerify, ca: access.ca },
  });
}

/** What the command line says goes first; then the files that every tool of this kind reads. */
function keychain(registry: string, { username, password }: RegistryAccess, env: NodeJS.ProcessEnv): Keychain {
  const files = dockerConfigKeychain({ paths: credentialFiles(env) });
  if (username === undefined || password === undefined) return files;
  return chainKeychains(staticKeychain({ [registry]: { username, password } }), files);
}
