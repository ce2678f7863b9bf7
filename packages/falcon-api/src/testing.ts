export type { FalconCloudFaults, HostFault, RateLimitFault } from './testing/cloud-faults.ts';
export { createFalconCloud, type FalconCloudDouble } from './testing/create-falcon-cloud.ts';
export type { DoubleRoute, RouteCall } from './testing/double-route.ts';
export type { DoubleAnswer } from './testing/envelope.ts';
export type { FalconCloudDoubleOptions, ListenOptions, RouteParts } from './testing/falcon-cloud-options.ts';
export { falconCloudFaultsSchema } from './testing/faults-schema.ts';
export { fullInventoryScanRequest } from './testing/full-request.ts';
export type { HostRequest } from './testing/host-server.ts';
export type { SampleImage } from './testing/image-registry/build-image.ts';
export {
  createImageRegistry,
  type ImageRegistryDouble,
  type ImageRegistryOptions,
  type RegistryCall,
} from './testing/image-registry/create-image-registry.ts';
export { minimalInventoryScanRequest } from './testing/minimal-request.ts';
export type { ReadSideOptions, SeedDetection, SeedVulnerability, Severity } from './testing/read/read-options.ts';
export type { CallOutcome, CallRecord, DoubleHost, RecordedRequest, Rejection } from './testing/records.ts';
export type { StoredInventories, StoredInventory } from './testing/stored-inventories.ts';
