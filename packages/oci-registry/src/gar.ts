export {
  type CloudHttp,
  type CloudHttpOptions,
  type CloudRequest,
  type CloudResponse,
  createCloudHttp,
} from './cloud/cloud-http.ts';
export { googleCredentialsFile } from './cloud/gar/credentials-file.ts';
export { googleDefaultCredentials } from './cloud/gar/default-credentials.ts';
export { type GarKeychainOptions, garKeychain } from './cloud/gar/gar-keychain.ts';
export type { GoogleCredentialsOptions } from './cloud/gar/google-credentials-options.ts';
export type {
  GoogleToken,
  GoogleTokenAbsence,
  GoogleTokenOptions,
  GoogleTokenProvider,
} from './cloud/gar/google-token.ts';
export { googleMetadataServer } from './cloud/gar/metadata-server.ts';
export type { ReadCredentialFile } from './cloud/gar/read-credential-file.ts';
