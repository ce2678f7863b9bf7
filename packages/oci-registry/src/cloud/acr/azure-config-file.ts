import { RegistryError } from '../../error.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { readIfThere } from '../read-text-file.ts';
import { authorityOf } from './azure-cloud.ts';
import { type AzureConfig, parseAzureConfig } from './azure-config.ts';
import { type AzureContext, type AzureOptions, azureContext } from './azure-options.ts';
import type { AzureToken, AzureTokenRequest, AzureTokenSource } from './azure-token.ts';
import { applicationToken } from './client-credentials.ts';
import { azureManagedIdentity } from './managed-identity.ts';
import { readFederatedToken } from './workload-identity.ts';

/** Asks for tokens of the managed identity that a configuration names; keeps what it learns of the machine. */
type ManagedIdentities = (identity: string | undefined, tenant: string | undefined) => Pick<AzureTokenSource, 'get'>;

function managedIdentities(options: AzureOptions): ManagedIdentities {
  let latest: { readonly key: string; readonly provider: AzureTokenSource } | undefined;
  return (identity, tenant) => {
    const key = JSON.stringify([identity, tenant]);
    // AZURE_CLIENT_ID belongs to the pod, and the file to the node.
    if (latest?.key !== key)
      latest = { key, provider: azureManagedIdentity({ ...options, env: {}, identity, tenant }) };
    return latest.provider;
  };
}

async function configuredToken(
  context: AzureContext,
  path: string,
  config: AzureConfig & { identity: NonNullable<AzureConfig['identity']> },
  request: AzureTokenRequest,
  managed: ManagedIdentities,
): Promise<AzureToken> {
  const { identity, tenant } = config;
  if (identity.kind === 'managed') {
    const answer = await managed(identity.identity, tenant).get(request);
    if (!('absent' in answer)) return { ...answer, identity: `${answer.identity} of ${path}` };
    throw new RegistryError('CREDENTIALS_UNAVAILABLE', `managed identity of ${path}: ${answer.absent}`, {
      hint: 'check that this machine has the managed identity that the file names',
    });
  }
  const proof =
    identity.kind === 'secret'
      ? { secret: identity.secret }
      : { assertion: await readFederatedToken(context, identity.tokenFile, request.signal) };
  const application = {
    tenant: identity.tenant,
    clientId: identity.clientId,
    proof,
    identity: `service principal ${identity.clientId} of ${path}`,
    tenantSetting: `${path}: field "tenantId"`,
  };
  return applicationToken(context, authorityOf(config.cloud), application, request);
}

/**
 * The identity of an `azure.json`, as Kubernetes nodes in Azure have it at `/etc/kubernetes/azure.json`: a service
 * principal with a secret, a federated one, or a managed identity. The file is read each time a token is wanted.
 */
export function azureConfigFile(path: string, options: AzureOptions = {}): AzureTokenSource {
  const context = azureContext(options);
  const managed = managedIdentities(options);
  return {
    name: path,
    async get(request): Promise<AzureToken | IdentityAbsence> {
      const content = await readIfThere(context.readFile, path, request.signal);
      if (content === undefined) return { absent: 'it does not exist' };
      const { identity, ...config } = parseAzureConfig(path, content);
      if (identity === undefined) return { absent: 'it names no identity' };
      if (config.cloud !== request.cloud) {
        return { absent: `it is for ${config.cloud}, and the registry is in ${request.cloud}` };
      }
      return configuredToken(context, path, { ...config, identity }, request, managed);
    },
  };
}
