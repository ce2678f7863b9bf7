import { type AzureOptions, azureContext } from './azure-options.ts';
import type { AzureTokenSource } from './azure-token.ts';
import { applicationToken, chosenAuthority } from './client-credentials.ts';
import { missingVariables } from './missing-variables.ts';

/** A service principal with a secret, by AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID. */
export function azureServicePrincipal(options: AzureOptions = {}): AzureTokenSource {
  const context = azureContext(options);
  return {
    name: 'service principal',
    async get(request) {
      const { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret, AZURE_TENANT_ID: tenant } = context.env;
      if (!clientId || !secret || !tenant) {
        return missingVariables(context.env, ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_TENANT_ID']);
      }
      const authority = chosenAuthority(context, request);
      if ('absent' in authority) return authority;
      const identity = `service principal ${clientId}`;
      const application = { tenant, clientId, proof: { secret }, identity, tenantSetting: 'AZURE_TENANT_ID' };
      return applicationToken(context, authority, application, request);
    },
  };
}
