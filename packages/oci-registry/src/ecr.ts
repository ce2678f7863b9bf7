export {
  type CloudHttp,
  type CloudHttpOptions,
  type CloudRequest,
  type CloudResponse,
  createCloudHttp,
} from './cloud/cloud-http.ts';
export type {
  AwsCredentials,
  AwsCredentialsAbsence,
  AwsCredentialsProvider,
  ProvideOptions,
} from './cloud/ecr/aws-credentials.ts';
export type { AwsEnvironment, AwsOptions, ReadTokenFile } from './cloud/ecr/aws-options.ts';
export { containerCredentials } from './cloud/ecr/container-credentials.ts';
export { chainAwsCredentials, defaultAwsCredentials } from './cloud/ecr/credentials-chain.ts';
export { type EcrKeychainOptions, ecrKeychain } from './cloud/ecr/ecr-keychain.ts';
export { environmentCredentials } from './cloud/ecr/environment-credentials.ts';
export { instanceCredentials } from './cloud/ecr/instance-credentials.ts';
export { webIdentityCredentials } from './cloud/ecr/web-identity-credentials.ts';
export type { Keychain } from './credentials/keychain.ts';
export type { RetryOptions } from './transport/retry.ts';
