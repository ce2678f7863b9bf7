import { type AzureSourceOptions, azureSource } from './azure-source.ts';
import type { AzureTokenProvider } from './azure-token.ts';
import { applicationToken, chosenAuthority } from './client-credentials.ts';
import { missingVariables } from './missing-variables.ts';

/** A service principal with a secret, by AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID. */
export function azureServicePrincipal(options: AzureSourceOptions = {}): AzureTokenProvider {
  const source = azureSource(options);
  return {
    name: 'service principal',
    async getToken(request) {
      const { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret, AZURE_TENANT_ID: tenant } = source.env;
      if (!clientId || !secret || !tenant) {
        return missingVariables(source.env, ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID']);
      }
      const authority = chosenAuthority(source, request);
      if ('absent' in authority) return authority;
      const identity = `service principal ${clientId}`;
      const application = { tenant, clientId, proof: { secret }, identity, tenantSetting: 'AZURE_TENANT_ID' };
      return applicationToken(source, authority, application, request);
    },
  };
}
