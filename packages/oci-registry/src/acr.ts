export { type AcrKeychainOptions, acrKeychain } from './cloud/acr/acr-keychain.ts';
export type { AzureCloudName } from './cloud/acr/azure-cloud.ts';
export { azureConfigFile } from './cloud/acr/azure-config-file.ts';
export type { AzureSourceOptions } from './cloud/acr/azure-source.ts';
export type {
  AzureToken,
  AzureTokenAbsence,
  AzureTokenProvider,
  AzureTokenRequest,
} from './cloud/acr/azure-token.ts';
export { azureManagedIdentity, type ManagedIdentityOptions } from './cloud/acr/managed-identity.ts';
export { azureServicePrincipal } from './cloud/acr/service-principal.ts';
export { azureWorkloadIdentity } from './cloud/acr/workload-identity.ts';
export {
  type CloudHttp,
  type CloudHttpOptions,
  type CloudRequest,
  type CloudResponse,
  createCloudHttp,
} from './cloud/cloud-http.ts';
