import type { KeychainTarget } from '../credentials/keychain.ts';
import { RegistryError } from '../error.ts';
import type { HostCapability, RegistryHost } from '../hosts/registry-host.ts';
import type { RegistryClientOptions } from './client-options.ts';
import { registryEndpoint } from './endpoint.ts';
import type { RegistryRequest } from './registry-request.ts';

const everything: ReadonlySet<HostCapability> = new Set(['pull', 'resolve', 'push']);

/** The registry itself, as the options of the client say. */
function itself(target: KeychainTarget, options: RegistryClientOptions): RegistryHost {
  const api = new URL('/v2/', registryEndpoint(target.registry, options));
  return { api, registry: target.registry, repository: target.repository, capabilities: everything };
}

/**
 * Finds the hosts that a request may go to, in the order in which they are to be tried; at least one. What is pushed goes
 * to one host alone, and what an answer has named goes to the host that named it.
 *
 * Rejects with RegistryError `UNSUPPORTED` where none can do it, and with what the client's `hosts` rejects with.
 */
export async function chooseHosts(
  target: KeychainTarget,
  { need = 'pull', path, signal }: RegistryRequest,
  options: RegistryClientOptions,
): Promise<readonly [RegistryHost, ...RegistryHost[]]> {
  const configured = await options.hosts?.hostsFor(target, { signal });
  signal?.throwIfAborted();
  const able = (configured ?? [itself(target, options)]).filter(({ capabilities }) => capabilities.has(need));
  const named = path instanceof URL ? able.find(({ api }) => api.origin === path.origin) : undefined;
  const [first, ...others] = able;
  if (first === undefined) {
    throw new RegistryError(
      'UNSUPPORTED',
      `${target.registry}/${target.repository}: no configured host has the capability ${need}`,
      {
        hint: `give one of the hosts that are configured for this registry the capability ${need}`,
      },
    );
  }
  if (path instanceof URL || need === 'push') return [named ?? first];
  return [first, ...others];
}
