import { type BaseImagesEndpoint, createBaseImagesEndpoint } from './base-images/base-images-endpoint.ts';
import type { ReadDesk } from './call/read-desk.ts';
import { type ContainersEndpoint, createContainersEndpoint } from './containers/containers-endpoint.ts';
import { createDetectionsEndpoint, type DetectionsEndpoint } from './detections/detections-endpoint.ts';
import { createExportsEndpoint, type ExportsEndpoint } from './exports/exports-endpoint.ts';
import { createImagesEndpoint, type ImagesEndpoint } from './images/images-endpoint.ts';
import { createPackagesEndpoint, type PackagesEndpoint } from './packages/packages-endpoint.ts';
import { createPoliciesEndpoint, type PoliciesEndpoint } from './policies/policies-endpoint.ts';
import { createPolicyChecksEndpoint, type PolicyChecksEndpoint } from './policy-checks/policy-checks-endpoint.ts';
import { createRegistriesEndpoint, type RegistriesEndpoint } from './registries/registries-endpoint.ts';
import { createReportsEndpoint, type ReportsEndpoint } from './reports/reports-endpoint.ts';
import {
  createVulnerabilitiesEndpoint,
  type VulnerabilitiesEndpoint,
} from './vulnerabilities/vulnerabilities-endpoint.ts';

/**
 * What the cloud made of the inventories, by resource. Every call takes a `signal`, every list is walked page by page as
 * it is read, and every answer has a limit in bytes.
 */
export interface ReadSide {
  readonly reports: ReportsEndpoint;
  readonly policyChecks: PolicyChecksEndpoint;
  readonly images: ImagesEndpoint;
  readonly packages: PackagesEndpoint;
  readonly vulnerabilities: VulnerabilitiesEndpoint;
  readonly detections: DetectionsEndpoint;
  readonly containers: ContainersEndpoint;
  readonly baseImages: BaseImagesEndpoint;
  /** Registries that the cloud scans by itself. */
  readonly registries: RegistriesEndpoint;
  readonly exports: ExportsEndpoint;
  readonly policies: PoliciesEndpoint;
}

/** The read side over a session. */
export function createReadSide(desk: ReadDesk): ReadSide {
  return {
    reports: createReportsEndpoint(desk),
    policyChecks: createPolicyChecksEndpoint(desk),
    images: createImagesEndpoint(desk),
    packages: createPackagesEndpoint(desk),
    vulnerabilities: createVulnerabilitiesEndpoint(desk),
    detections: createDetectionsEndpoint(desk),
    containers: createContainersEndpoint(desk),
    baseImages: createBaseImagesEndpoint(desk),
    registries: createRegistriesEndpoint(desk),
    exports: createExportsEndpoint(desk),
    policies: createPoliciesEndpoint(desk),
  };
}
