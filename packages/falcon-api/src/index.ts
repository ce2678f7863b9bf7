export type { AccessToken } from './auth/access-token.ts';
export { createTokenSource } from './auth/create-token-source.ts';
export type { ClosableTokenSource, FalconCredentials, TokenSource, TokenSourceOptions } from './auth/token-source.ts';
export {
  FalconClient,
  type FalconClientIdentity,
  type FalconClientOptions,
} from './client/falcon-client.ts';
export type { UploadReceipt } from './client/inventory-delivery.ts';
export type {
  InventoryEndpoint,
  InventoryUploadOptions,
  ProbeOptions,
  ProbeResult,
} from './client/inventory-endpoint.ts';
export type { RegistryCredentials, RegistryCredentialsOptions, RegistryImages } from './client/registry-credentials.ts';
export type { UploadCompression, UploadEncoding } from './client/upload-encodings.ts';
export type { UploadHostName } from './client/upload-hosts.ts';
export { type FalconCloud, type FalconCloudName, falconClouds } from './cloud/falcon-clouds.ts';
export { resolveCloud } from './cloud/resolve-cloud.ts';
export { FalconError, type FalconErrorCode, type FalconErrorDetails } from './falcon-error.ts';
export type { CallPace, PacePolicy } from './http/call-pace.ts';
export type { FalconNotice, NoticeListener } from './http/falcon-notice.ts';
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
export type { OptionalPart, ShedPart } from './inventory/shed-optional-parts.ts';
export { type FalconInventoryOptions, toFalconInventory } from './inventory/to-falcon-inventory.ts';
export type { BaseImage, BaseImageReference } from './read/base-images/base-image.ts';
export type { BaseImagesEndpoint } from './read/base-images/base-images-endpoint.ts';
export type { JsonObject } from './read/call/model.ts';
export type { CallOptions } from './read/call/read-desk.ts';
export type { ContainersEndpoint } from './read/containers/containers-endpoint.ts';
export type { ClusterInfo, RunningImage } from './read/containers/running-image.ts';
export type {
  ImpactedContainer,
  UnidentifiedContainer,
  UnidentifiedImage,
} from './read/containers/unidentified-container.ts';
export type { AssessedDetection, ImageDetection } from './read/detections/assessed-detection.ts';
export type { DetectionsEndpoint } from './read/detections/detections-endpoint.ts';
export type { ExportJob, ExportStatus } from './read/exports/export-job.ts';
export type { DownloadOptions, ExportRequest, ExportsEndpoint } from './read/exports/exports-endpoint.ts';
export type { AssessedImage } from './read/images/assessed-image.ts';
export type { ImageDetail } from './read/images/image-detail.ts';
export type { ImageFinding } from './read/images/image-finding.ts';
export type { ImageDetailsOptions, ImageFindingsOptions, ImagesEndpoint } from './read/images/images-endpoint.ts';
export type { AssessedPackage, PackageVulnerability, VulnerablePackage } from './read/packages/assessed-package.ts';
export type { PackagesEndpoint, PackagesOptions } from './read/packages/packages-endpoint.ts';
export type { ListOptions, PageSeen } from './read/paging/list-options.ts';
export type {
  ExclusionCondition,
  ImagePolicy,
  ImagePolicyChange,
  ImagePolicyExclusion,
  ImagePolicyGroup,
  NewImagePolicyGroup,
} from './read/policies/image-policy.ts';
export type { NewExclusionCondition, PoliciesEndpoint } from './read/policies/policies-endpoint.ts';
export type {
  CheckedImage,
  CheckingPolicy,
  PolicyCheck,
  PolicyEvaluation,
} from './read/policy-checks/policy-check.ts';
export type { PolicyCheckImage, PolicyChecksEndpoint } from './read/policy-checks/policy-checks-endpoint.ts';
export type { ReadSide } from './read/read-side.ts';
export type { RegistriesEndpoint } from './read/registries/registries-endpoint.ts';
export type {
  NewRegistryConnection,
  RegistryConnection,
  RegistryConnectionChange,
  RegistryConnectionCredential,
} from './read/registries/registry-connection.ts';
export type {
  ImageReport,
  ReportedBinary,
  ReportedDetection,
  ReportedImage,
  ReportedLayer,
  ReportedPackage,
  ReportedVulnerability,
} from './read/reports/image-report.ts';
export type { ReportDocuments, ReportFormat } from './read/reports/report-format.ts';
export type { ImageSelector, ReportOptions, ReportsEndpoint } from './read/reports/reports-endpoint.ts';
export type {
  AffectedPackage,
  AssessedVulnerability,
  ImageVulnerability,
  VulnerabilityInfo,
} from './read/vulnerabilities/assessed-vulnerability.ts';
export type { VulnerabilitiesEndpoint, VulnerabilityLookup } from './read/vulnerabilities/vulnerabilities-endpoint.ts';
export { compareVersionTags } from './sensor-images/compare-version-tags.ts';
export { type CopyDestinationParts, copyDestination } from './sensor-images/copy-destination.ts';
export { formatTagList } from './sensor-images/format-tag-list.ts';
export { matchSensorVersion } from './sensor-images/match-sensor-version.ts';
export { createPullToken } from './sensor-images/pull-token.ts';
export { type SensorImage, type SensorImageOptions, sensorImage } from './sensor-images/sensor-image.ts';
export { parseSensorImageType, type SensorImageType, sensorImageTypes } from './sensor-images/sensor-image-type.ts';
export { parseSensorPlatform, type SensorPlatform } from './sensor-images/sensor-platform.ts';
export { type SensorTagsOptions, sensorTags } from './sensor-images/sensor-tags.ts';
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
