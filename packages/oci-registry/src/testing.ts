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
export {
  createRegistry,
  type PushedImage,
  type RecordedRequest,
  type TestRegistry,
  type TestRegistryOptions,
} from './testing/create-registry.ts';
export type { Fault, FaultRule } from './testing/faults.ts';
export type { RegistryAuth } from './testing/registry-auth.ts';
export { type SelfSignedCertificate, selfSignedCertificate } from './testing/self-signed.ts';
export { buildTar, type TarEntry } from './testing/tar.ts';
export { type LayoutImage, writeOciLayout } from './testing/write-oci-layout.ts';
