export { type AcrKeychainOptions, acrKeychain } from './cloud/acr/acr-keychain.ts';
export type { AzureCloudName } from './cloud/acr/azure-cloud.ts';
export { azureConfigFile } from './cloud/acr/azure-config-file.ts';
export type { AzureOptions } from './cloud/acr/azure-options.ts';
export type { AzureToken, AzureTokenRequest, AzureTokenSource } from './cloud/acr/azure-token.ts';
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
export type { CloudOptions, Environment } from './cloud/cloud-options.ts';
export {
  chainIdentities,
  type IdentityAbsence,
  type IdentityRequest,
  type IdentitySource,
} from './cloud/identity-source.ts';
export type { ReadFile } from './cloud/read-text-file.ts';
export type { Keychain } from './credentials/keychain.ts';
export type { RetryOptions } from './transport/retry.ts';
