import { RegistryError } from '../../error.ts';
import { type AzureSource, type AzureSourceOptions, azureSource } from './azure-source.ts';
import type { AzureTokenProvider } from './azure-token.ts';
import { applicationToken, chosenAuthority } from './client-credentials.ts';
import { missingVariables } from './missing-variables.ts';
import { readIfThere } from './read-settings-file.ts';

/**
 * The token that Kubernetes projects into a pod. It is read each time: the kubelet renews it.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` where the file is missing or holds no token
 */
export async function readFederatedToken(
  source: AzureSource,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const text = await readIfThere(source.readFile, path, signal);
  const token = text?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const problem = text === undefined ? 'there is no such file' : 'it holds no token';
  throw new RegistryError('CREDENTIALS_INVALID', `read credentials, ${path}: ${problem}`, {
    hint: 'check that the pod has the label azure.workload.identity/use, and that the token is mounted',
  });
}

/**
 * Workload identity of AKS, as its webhook sets it up: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE, and
 * AZURE_AUTHORITY_HOST where it is another Entra ID than that of the registry's cloud.
 */
export function azureWorkloadIdentity(options: AzureSourceOptions = {}): AzureTokenProvider {
  const source = azureSource(options);
  return {
    name: 'workload identity',
    async getToken(request) {
      const { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant, AZURE_FEDERATED_TOKEN_FILE: file } = source.env;
      if (!clientId || !tenant || !file) {
        return missingVariables(source.env, ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE']);
      }
      const authority = chosenAuthority(source, request);
      if ('absent' in authority) return authority;
      const assertion = await readFederatedToken(source, file, request.signal);
      const identity = `workload identity ${clientId}`;
      const application = { tenant, clientId, proof: { assertion }, identity, tenantSetting: 'AZURE_TENANT_ID' };
      return applicationToken(source, authority, application, request);
    },
  };
}
