import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { canonicalHost } from '../../reference/host.ts';
import { BoundedMap } from '../../transport/bounded-map.ts';
import { registryEndpoint } from '../../transport/endpoint.ts';
import { type Perishable, renewed } from '../renewed.ts';
import { type AzureCloudName, cloudOfRegistry } from './azure-cloud.ts';
import { azureConfigFile } from './azure-config-file.ts';
import { type AzureSource, type AzureSourceOptions, azureSource } from './azure-source.ts';
import type { AzureTokenProvider } from './azure-token.ts';
import { EntraTokens } from './entra-tokens.ts';
import { exchangeToken } from './exchange.ts';
import { azureManagedIdentity } from './managed-identity.ts';
import { azureServicePrincipal } from './service-principal.ts';
import { azureWorkloadIdentity } from './workload-identity.ts';

/** Options of {@link acrKeychain}. */
export interface AcrKeychainOptions extends AzureSourceOptions {
  /** User name of the registry's admin account or of a token; then Entra ID is not asked. */
  readonly username?: string | undefined;
  /** Password that belongs to `username`. */
  readonly password?: string | undefined;
  /** Path of an `azure.json`; on nodes of Kubernetes it is `/etc/kubernetes/azure.json`. Default none. */
  readonly azureConfig?: string | undefined;
  /**
   * Sources of tokens, in the order in which they are asked. Default workload identity, service principal, the
   * `azureConfig` if there is one, managed identity.
   */
  readonly providers?: readonly AzureTokenProvider[] | undefined;
  /**
   * Whom tokens are for. Default `https://containerregistry.azure.net`, which the registries of all clouds accept, also
   * those that no longer accept tokens for the resource manager, and which opens nothing but registries.
   */
  readonly audience?: string | undefined;
  /** Further hosts that are such registries: those of private clouds, custom domains. They match exactly. */
  readonly registries?: readonly string[] | undefined;
  /** The cloud of the hosts under `registries`. Default `AzurePublicCloud`. */
  readonly cloud?: AzureCloudName | undefined;
  /**
   * Where a registry is reached for the exchange. Default https, or http for loopback hosts. Tokens are sent there, so
   * it must not be answered by anybody else.
   */
  readonly registryUrl?: ((registry: string) => URL) | undefined;
}

/** Most registries whose refresh tokens are kept. */
const maxRegistries = 256;
const defaultAudience = 'https://containerregistry.azure.net';
/** User name that says: the password is a refresh token of the registry. */
const nullGuid = '00000000-0000-0000-0000-000000000000';

function basicCredential(options: AcrKeychainOptions): Credential | undefined {
  const { username, password } = options;
  if (username === undefined && password === undefined) return undefined;
  if (!username || !password) {
    throw new RegistryError('CREDENTIALS_INVALID', 'ACR keychain: of user name and password one is missing', {
      hint: 'give both, or neither to have Entra ID asked',
    });
  }
  return { username, password, source: `ACR user ${username}` };
}

/** Says for a host of which cloud it is a registry. */
function registryMatcher(options: AcrKeychainOptions): (registry: string) => AzureCloudName | undefined {
  const { registries = [], cloud = 'AzurePublicCloud' } = options;
  const further = new Set(registries.map((registry) => canonicalHost(registry)));
  if (further.has(undefined)) {
    throw new RegistryError('CREDENTIALS_INVALID', 'ACR keychain: one of the registries is not a host', {
      hint: 'write HOST or HOST:PORT',
    });
  }
  return (registry) => cloudOfRegistry(registry) ?? (further.has(canonicalHost(registry)) ? cloud : undefined);
}

function defaultProviders(options: AcrKeychainOptions): readonly AzureTokenProvider[] {
  const { azureConfig } = options;
  return [
    azureWorkloadIdentity(options),
    azureServicePrincipal(options),
    ...(azureConfig === undefined ? [] : [azureConfigFile(azureConfig, options)]),
    azureManagedIdentity(options),
  ];
}

/** A refresh token of a registry, for the identity of the first source that is set up. */
async function refreshCredential(
  source: AzureSource,
  tokens: EntraTokens,
  cloud: AzureCloudName,
  target: { readonly registry: URL; readonly service: string; readonly signal: AbortSignal },
): Promise<Perishable<Credential>> {
  for (let isAgain = false; ; isAgain = true) {
    const { token, isNew } = await tokens.get(cloud, target.signal);
    try {
      const { value: identityToken, expiresAt } = await exchangeToken(source, { ...target, token });
      return { value: { username: nullGuid, identityToken, source: token.identity }, expiresAt };
    } catch (error) {
      if (!(error instanceof RegistryError && error.status === 401)) throw error;
      // A token that was kept may have been revoked, or have ended by the clock of the registry.
      tokens.drop(cloud);
      if (isNew || isAgain) throw error;
    }
  }
}

/**
 * Credentials for Azure Container Registry: hosts under `azurecr.io`, `azurecr.cn`, `azurecr.us` and `azurecr.de`, and
 * those that `registries` names; nothing for others.
 *
 * A token of Entra ID is exchanged for a refresh token at the registry itself, and given as {@link Credential.identityToken}.
 * Both are kept until shortly before their end. The environment is not looked at: hand `env` in.
 *
 * Resolving rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where no source has an identity, or the one that has is
 * refused; `CREDENTIALS_INVALID` for files and settings that cannot be understood; those of the connection.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for options that cannot be understood
 */
export function acrKeychain(options: AcrKeychainOptions = {}): Keychain {
  const source = azureSource(options);
  const shared: AcrKeychainOptions = { ...options, ...source };
  const basic = basicCredential(options);
  const cloudOf = registryMatcher(options);
  const tokens = new EntraTokens(
    options.providers ?? defaultProviders(shared),
    options.audience ?? defaultAudience,
    source.now,
  );
  const { registryUrl = (registry: string): URL => registryEndpoint(registry, {}) } = options;
  const kept = new BoundedMap<(signal?: AbortSignal) => Promise<Credential>>(maxRegistries);

  const keep = (registry: string, cloud: AzureCloudName): ((signal?: AbortSignal) => Promise<Credential>) => {
    const target = { registry: registryUrl(registry), service: registry.replace(/:443$/, '') };
    const load = (signal: AbortSignal): Promise<Perishable<Credential>> =>
      refreshCredential(source, tokens, cloud, { ...target, signal });
    const credential = renewed(load, { now: source.now });
    kept.set(registry, credential);
    return credential;
  };

  return {
    async resolve(target, { signal } = {}) {
      signal?.throwIfAborted();
      const registry = canonicalHost(target.registry);
      const cloud = registry === undefined ? undefined : cloudOf(registry);
      if (registry === undefined || cloud === undefined) return undefined;
      if (basic !== undefined) return basic;
      return (kept.get(registry) ?? keep(registry, cloud))(signal);
    },
  };
}
