import { readTokenFile } from '../read-text-file.ts';
import { type AzureContext, type AzureOptions, azureContext } from './azure-options.ts';
import type { AzureTokenSource } from './azure-token.ts';
import { applicationToken, chosenAuthority } from './client-credentials.ts';
import { missingVariables } from './missing-variables.ts';

/**
 * The token that Kubernetes projects into a pod. It is read each time: the kubelet renews it.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` where the file is missing or holds no token
 */
export function readFederatedToken(
  { readFile }: AzureContext,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hint = 'check that the pod has the label azure.workload.identity/use, and that the token is mounted';
  return readTokenFile(readFile, path, signal, hint);
}

/**
 * Workload identity of AKS, as its webhook sets it up: AZURE_CLIENT_ID, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE, and
 * AZURE_AUTHORITY_HOST where it is another Entra ID than that of the registry's cloud.
 */
export function azureWorkloadIdentity(options: AzureOptions = {}): AzureTokenSource {
  const context = azureContext(options);
  return {
    name: 'workload identity',
    async get(request) {
      const { AZURE_CLIENT_ID: clientId, AZURE_TENANT_ID: tenant, AZURE_FEDERATED_TOKEN_FILE: file } = context.env;
      if (!clientId || !tenant || !file) {
        return missingVariables(context.env, ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE']);
      }
      const authority = chosenAuthority(context, request);
      if ('absent' in authority) return authority;
      const assertion = await readFederatedToken(context, file, request.signal);
      const identity = `workload identity ${clientId}`;
      const application = { tenant, clientId, proof: { assertion }, identity, tenantSetting: 'AZURE_TENANT_ID' };
      return applicationToken(context, authority, application, request);
    },
  };
}
