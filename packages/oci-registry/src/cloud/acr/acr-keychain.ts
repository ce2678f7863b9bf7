import type { Credential } from '../../credentials/credential.ts';
import type { Keychain } from '../../credentials/keychain.ts';
import { RegistryError } from '../../error.ts';
import { canonicalHost } from '../../reference/host.ts';
import { BoundedMap } from '../../transport/bounded-map.ts';
import { registryEndpoint } from '../../transport/endpoint.ts';
import { furtherRegistries } from '../further-registries.ts';
import { chainIdentities, presentIdentity } from '../identity-source.ts';
import { KeptIdentity } from '../kept-identity.ts';
import { type Loader, type Perishable, renewed } from '../renewed.ts';
import { type AzureCloudName, cloudOfRegistry } from './azure-cloud.ts';
import { azureConfigFile } from './azure-config-file.ts';
import { type AzureContext, type AzureOptions, azureContext } from './azure-options.ts';
import type { AzureToken, AzureTokenSource } from './azure-token.ts';
import { exchangeToken } from './exchange.ts';
import { azureManagedIdentity } from './managed-identity.ts';
import { azureServicePrincipal } from './service-principal.ts';
import { azureWorkloadIdentity } from './workload-identity.ts';

/** Options of {@link acrKeychain}. */
export interface AcrKeychainOptions extends AzureOptions {
  /** User name of the registry's admin account or of a token; then Entra ID is not asked. */
  readonly username?: string | undefined;
  /** Password that belongs to `username`. */
  readonly password?: string | undefined;
  /** Path of an `azure.json`; on nodes of Kubernetes it is `/etc/kubernetes/azure.json`. Default none. */
  readonly azureConfig?: string | undefined;
  /**
   * Finds the identity. Default `chainIdentities` of workload identity, service principal, the `azureConfig` if there is
   * one, managed identity, with the same options.
   */
  readonly credentials?: AzureTokenSource | undefined;
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
const noIdentityHint = 'set one of these identities up and give it the role AcrPull, or give a user name and password';
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

function defaultCredentials(options: AcrKeychainOptions): AzureTokenSource {
  const { azureConfig } = options;
  return chainIdentities(
    azureWorkloadIdentity(options),
    azureServicePrincipal(options),
    ...(azureConfig === undefined ? [] : [azureConfigFile(azureConfig, options)]),
    azureManagedIdentity(options),
  );
}

/** Tokens of Entra ID, one kept for each cloud. */
function entraTokens(
  credentials: AzureTokenSource,
  audience: string,
  now: () => number,
): (cloud: AzureCloudName) => KeptIdentity<AzureToken> {
  const byCloud = new Map<AzureCloudName, KeptIdentity<AzureToken>>();
  return (cloud) => {
    const find = async (signal: AbortSignal): Promise<Perishable<AzureToken>> => {
      const answer = await credentials.get({ cloud, audience, signal });
      const value = presentIdentity(answer, `log in to Azure Container Registry in ${cloud}`, noIdentityHint);
      return { value, expiresAt: value.expiresAt };
    };
    const kept = byCloud.get(cloud) ?? new KeptIdentity(find, { now });
    byCloud.set(cloud, kept);
    return kept;
  };
}

/** A refresh token of a registry, for the identity of the first source that is set up. */
async function refreshCredential(
  context: AzureContext,
  tokens: KeptIdentity<AzureToken>,
  target: { readonly registry: URL; readonly service: string; readonly signal: AbortSignal },
): Promise<Perishable<Credential>> {
  for (let isAgain = false; ; isAgain = true) {
    const { identity: token, isNew } = await tokens.get(target.signal);
    try {
      const { value: identityToken, expiresAt } = await exchangeToken(context, { ...target, token });
      return { value: { username: nullGuid, identityToken, source: token.identity }, expiresAt };
    } catch (error) {
      if (!(error instanceof RegistryError && error.status === 401)) throw error;
      // A token that was kept may have been revoked, or have ended by the clock of the registry.
      tokens.drop(token);
      if (isNew || isAgain) throw error;
    }
  }
}

/**
 * Credentials for Azure Container Registry: hosts under `azurecr.io`, `azurecr.cn`, `azurecr.us` and `azurecr.de`, and
 * those that `registries` names; nothing for others.
 *
 * A token of Entra ID is exchanged for a refresh token at the registry itself, and given as {@link Credential.identityToken}.
 * Both are kept until shortly before their end, and a failure for half a minute. The environment is not looked at: hand
 * `env` in.
 *
 * Resolving rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where no source has an identity, or the one that has is
 * refused: a client goes on with other keychains and without credentials, and fails with this error where that opens
 * nothing. Rejects also with `CREDENTIALS_INVALID` for files and settings that cannot be understood, with those of the
 * connection to the registry, and with the signal's reason.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` for options that cannot be understood
 */
export function acrKeychain(options: AcrKeychainOptions = {}): Keychain {
  const context = azureContext(options);
  const { now } = context;
  const { cloud: furtherCloud = 'AzurePublicCloud', audience = defaultAudience } = options;
  const { credentials = defaultCredentials({ ...options, ...context }) } = options;
  const { registryUrl = (registry: string): URL => registryEndpoint(registry, {}) } = options;
  const basic = basicCredential(options);
  const isFurther = furtherRegistries('ACR', options.registries);
  const tokensOf = entraTokens(credentials, audience, now);
  const kept = new BoundedMap<Loader<Credential>>(maxRegistries);

  const create = (registry: string, cloud: AzureCloudName): Loader<Credential> => {
    const target = { registry: registryUrl(registry), service: registry.replace(/:443$/, '') };
    const load = (signal: AbortSignal): Promise<Perishable<Credential>> =>
      refreshCredential(context, tokensOf(cloud), { ...target, signal });
    return renewed(load, { now });
  };

  return {
    async resolve(target, { signal } = {}) {
      signal?.throwIfAborted();
      const registry = canonicalHost(target.registry);
      if (registry === undefined) return undefined;
      const cloud = cloudOfRegistry(registry) ?? (isFurther(registry) ? furtherCloud : undefined);
      if (cloud === undefined || basic !== undefined) return cloud && basic;
      const credential = kept.get(registry) ?? create(registry, cloud);
      kept.set(registry, credential);
      return credential(signal);
    },
  };
}
