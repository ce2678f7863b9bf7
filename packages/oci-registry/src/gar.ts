export {
  type CloudHttp,
  type CloudHttpOptions,
  type CloudRequest,
  type CloudResponse,
  createCloudHttp,
} from './cloud/cloud-http.ts';
export type { CloudOptions, Environment } from './cloud/cloud-options.ts';
export { googleCredentialsFile } from './cloud/gar/credentials-file.ts';
export { googleDefaultCredentials } from './cloud/gar/default-credentials.ts';
export { type GarKeychainOptions, garKeychain } from './cloud/gar/gar-keychain.ts';
export type { GoogleOptions } from './cloud/gar/google-options.ts';
export type { GoogleToken, GoogleTokenSource } from './cloud/gar/google-token.ts';
export { googleMetadataServer } from './cloud/gar/metadata-server.ts';
export {
  chainIdentities,
  type IdentityAbsence,
  type IdentityRequest,
  type IdentitySource,
} from './cloud/identity-source.ts';
export type { ReadFile } from './cloud/read-text-file.ts';
export type { Keychain } from './credentials/keychain.ts';
export type { RetryOptions } from './transport/retry.ts';
