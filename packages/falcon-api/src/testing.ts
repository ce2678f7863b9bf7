export type { FalconCloudFaults, HostFault, RateLimitFault } from './testing/cloud-faults.ts';
export { createFalconCloud, type FalconCloudDouble } from './testing/create-falcon-cloud.ts';
export type { FalconCloudDoubleOptions } from './testing/falcon-cloud-options.ts';
export { fullInventoryScanRequest } from './testing/full-request.ts';
export { minimalInventoryScanRequest } from './testing/minimal-request.ts';
export type { DoubleHost, RecordedRequest, Rejection } from './testing/records.ts';
