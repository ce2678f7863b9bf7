export type { AccessToken } from './auth/access-token.ts';
export { createTokenSource } from './auth/create-token-source.ts';
export type { FalconCredentials, TokenSource, TokenSourceOptions } from './auth/token-source.ts';
export {
  FalconClient,
  type FalconClientIdentity,
  type FalconClientOptions,
} from './client/falcon-client.ts';
export type { InventoryEndpoint, ProbeResult, UploadReceipt } from './client/inventory-endpoint.ts';
export type { RegistryCredentials, RegistryCredentialsOptions, RegistryImages } from './client/registry-credentials.ts';
export { type FalconCloud, type FalconCloudName, falconClouds } from './cloud/falcon-clouds.ts';
export { resolveCloud } from './cloud/resolve-cloud.ts';
export { FalconError, type FalconErrorCode, type FalconErrorDetails } from './falcon-error.ts';
export type { RetryPolicy, Sleep } from './http/retry.ts';
export { applicationPackageTypes } from './inventory/application-package-types.ts';
export type { FalconInventoryContext } from './inventory/inventory-context.ts';
export type {
  InputDistro,
  InputFile,
  InputLayer,
  InputModel,
  InputOccurrence,
  InputPackage,
  InputSecret,
  InputSubject,
  InputWhiteout,
  InventoryInput,
} from './inventory/inventory-input.ts';
export { type FalconInventoryOptions, toFalconInventory } from './inventory/to-falcon-inventory.ts';
export type { ApplicationLibrary, ApplicationPackageInfo } from './wire/application-package-info.ts';
export type { ConfigInfo } from './wire/config-info.ts';
export type { ElfBinaryInfo } from './wire/elf-binary-info.ts';
export type { HashedFileInfo } from './wire/hashed-file-info.ts';
export type { HighEntropyFile, HighEntropyString } from './wire/high-entropy-strings.ts';
export type { HistoryEntry, ImageDocument, ImageRuntimeConfig, RootFs } from './wire/image-document.ts';
export type { ImageInfo } from './wire/image-info.ts';
export type { ImageInventory } from './wire/image-inventory.ts';
export type { InventoryEngineInfo } from './wire/inventory-engine-info.ts';
export { type InventoryScanRequest, inventoryScanRequestSchema } from './wire/inventory-scan-request.ts';
export type { LayerInfo } from './wire/layer-info.ts';
export type { DescriptorDocument, ManifestDocument, PlatformDocument } from './wire/manifest-document.ts';
export type { MlModelInfo } from './wire/ml-model-info.ts';
export type { OsInfo } from './wire/os-info.ts';
export type { PackageInfo } from './wire/package-info.ts';
export {
  checkInventoryScanRequest,
  type InventoryScanRequestCheck,
  parseInventoryScanRequest,
} from './wire/parse-inventory-scan-request.ts';
export type { ImageMetadata, ScanInfo, ScanRequest } from './wire/scan-request.ts';
