export {
  type ArchiveImage,
  buildDockerArchive,
  type DockerArchiveBuildOptions,
} from './testing/build-docker-archive.ts';
export {
  type BuiltBlob,
  type BuiltImage,
  type BuiltLayer,
  type BuiltPlatformImage,
  buildImage,
  type ImageSpec,
  type IndexSpec,
  type LayerCompression,
  type LayerSpec,
} from './testing/build-image.ts';
export { createRegistry } from './testing/create-registry.ts';
export type { Fault, FaultRequest, FaultRule, SignedUrl } from './testing/fault.ts';
export { type RandomFaultKind, type RandomFaultsOptions, randomFaults } from './testing/random-faults.ts';
export type { RegistryAuth } from './testing/registry-auth.ts';
export type { StoredContent } from './testing/registry-content.ts';
export type { Delivery } from './testing/reply.ts';
export type { RecordedAuthorization, RecordedRequest, RequestFilter } from './testing/request-log.ts';
export {
  type SelfSignedCertificate,
  selfSignedCertificate,
  type TestCertificates,
  testCertificates,
} from './testing/self-signed.ts';
export { buildTar, type TarEntry } from './testing/tar.ts';
export type { PushedImage, TestRegistry, TestRegistryOptions } from './testing/test-registry.ts';
export { type LayoutImage, writeOciLayout } from './testing/write-oci-layout.ts';
