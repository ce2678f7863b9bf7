export type { ArchiveFormat } from './archive/archive-format.ts';
export type { ArchiveOptions } from './archive/archive-options.ts';
export { type CreateDockerArchiveOptions, createDockerArchive } from './archive/create-docker-archive.ts';
export { createOciArchive } from './archive/create-oci-archive.ts';
export { openArchive } from './archive/open-archive.ts';
export { openDockerArchive } from './archive/open-docker-archive.ts';
export { openOciArchive } from './archive/open-oci-archive.ts';
export { type ArchiveStream, type ArchiveStreamOptions, readArchiveStream } from './archive/read-archive-stream.ts';
export type { StreamedLayer } from './archive/streamed-layer.ts';
export type { PlatformChoice } from './copy/choose-platforms.ts';
export type { ClientCopyOptions, CopyFrom, CopyTo } from './copy/copy-between.ts';
export type { CopyEvent } from './copy/copy-event.ts';
export { type CopyImageOptions, type CopyOptions, type CopyResult, copyImage } from './copy/copy-image.ts';
export type { FindReferrers } from './copy/copy-referrers.ts';
export type { CopyPlan, ImageTarget, ImageWriter, WriteOptions } from './copy/image-target.ts';
export type { Credential } from './credentials/credential.ts';
export type { DockerConfigFormat } from './credentials/docker-config.ts';
export {
  type DockerConfigKeychainOptions,
  type DockerConfigSource,
  dockerConfigKeychain,
} from './credentials/docker-config-keychain.ts';
export { type DockerConfigPathsOptions, dockerConfigPaths } from './credentials/docker-config-paths.ts';
export type {
  CredentialHelperCall,
  CredentialHelperOptions,
  CredentialHelperOutput,
  RunCredentialHelper,
} from './credentials/helper-options.ts';
export {
  anonymousKeychain,
  chainKeychains,
  type Keychain,
  type KeychainAnswer,
  type KeychainResolveOptions,
  type KeychainTarget,
} from './credentials/keychain.ts';
export type { DockerConfigText } from './credentials/load-docker-config.ts';
export {
  type PullSecret,
  type PullSecretKeychainOptions,
  pullSecretKeychain,
} from './credentials/pull-secret-keychain.ts';
export { pullSecretOf } from './credentials/pull-secret-of.ts';
export { staticKeychain } from './credentials/static-keychain.ts';
export { RegistryError, type RegistryErrorOptions } from './error.ts';
export type { DistributionErrorCode, RegistryErrorCode } from './error-codes.ts';
export type {
  HostCapability,
  HostLookupOptions,
  HostTarget,
  RegistryHost,
  RegistryHosts,
} from './hosts/registry-host.ts';
export type { ByteRange } from './image/byte-range.ts';
export type { HistoryEntry, ImageConfig, RunConfig } from './image/config.ts';
export type { ContentStore, ImageContent, ManifestDescriptor, VerifiedManifest } from './image/content-store.ts';
export type { ContentDescriptor, Descriptor, WirePlatform } from './image/descriptor.ts';
export type { Image, ImageLayer, ImageSource, ReadOptions, ResolveOptions } from './image/image.ts';
export type { ImageIndex, ImageManifest, ManifestDocument } from './image/manifest.ts';
export { formatPlatform, hostPlatform, normalizePlatform, type Platform, parsePlatform } from './image/platform.ts';
export { createOciLayout } from './layout/create-oci-layout.ts';
export { type OciLayoutOptions, openOciLayout } from './layout/open-oci-layout.ts';
export { type Digest, type DigestAlgorithm, digestOf, isDigest, parseDigest } from './reference/digest.ts';
export { type FormatReferenceOptions, formatReference } from './reference/format-reference.ts';
export { type ParseReferenceOptions, parseReference } from './reference/parse-reference.ts';
export type { Reference } from './reference/reference.ts';
export type { BlobDescriptor } from './registry/fetch-blob.ts';
export type { ResolvedDescriptor } from './registry/fetch-descriptor.ts';
export type { ListOptions } from './registry/list-names.ts';
export { compareTags, sortTags } from './registry/list-order.ts';
export type { ListReferrersOptions } from './registry/list-referrers.ts';
export type { ManifestToPush } from './registry/push-manifest.ts';
export type { BlobOutcome, PushBlobOptions, PushOptions } from './registry/push-options.ts';
export type { RegistryTargetOptions } from './registry/push-target.ts';
export type { RegistryReadOptions, RegistryResolveOptions } from './registry/read-options.ts';
export { RegistryClient } from './registry/registry-client.ts';
export type { OpenBlob } from './registry/upload-cursor.ts';
export type { ClientLimits, RegistryClientOptions, TlsOptions } from './transport/client-options.ts';
export type { InsecureHttp } from './transport/endpoint.ts';
export type { ProxyOptions } from './transport/proxy.ts';
export type { RateLimit } from './transport/rate-limit.ts';
export type {
  MirrorFailedEvent,
  RateLimitEvent,
  RegistryEvent,
  RequestEvent,
  RequestKind,
  ResumeEvent,
  RetryEvent,
  WarningEvent,
} from './transport/registry-event.ts';
export type { RetryOptions } from './transport/retry.ts';
