export {
  type CloudHttp,
  type CloudHttpOptions,
  type CloudRequest,
  type CloudResponse,
  createCloudHttp,
} from './cloud/cloud-http.ts';
export type { CloudOptions, Environment } from './cloud/cloud-options.ts';
export type { AwsCredentials, AwsCredentialsSource } from './cloud/ecr/aws-credentials.ts';
export { containerCredentials } from './cloud/ecr/container-credentials.ts';
export { defaultAwsCredentials } from './cloud/ecr/default-credentials.ts';
export { type EcrKeychainOptions, ecrKeychain } from './cloud/ecr/ecr-keychain.ts';
export { environmentCredentials } from './cloud/ecr/environment-credentials.ts';
export { instanceCredentials } from './cloud/ecr/instance-credentials.ts';
export { webIdentityCredentials } from './cloud/ecr/web-identity-credentials.ts';
export {
  chainIdentities,
  type IdentityAbsence,
  type IdentityRequest,
  type IdentitySource,
} from './cloud/identity-source.ts';
export type { ReadFile } from './cloud/read-text-file.ts';
export type { Keychain } from './credentials/keychain.ts';
export type { RetryOptions } from './transport/retry.ts';
