import type { ReadDesk } from '../call/read-desk.ts';
import type { ListOptions } from '../paging/list-options.ts';
import { walkList } from '../paging/list-pages.ts';
import {
  type AssessedPackage,
  assessedPackageSchema,
  type VulnerablePackage,
  vulnerablePackageSchema,
} from './assessed-package.ts';

/** How to walk packages. */
export interface PackagesOptions extends ListOptions {
  /** Only packages with a vulnerability that was exploited before it was known. */
  readonly onlyZeroDayAffected?: boolean;
}

/** Packages over all assessed images. Scope `falcon-container-image:read`. */
export interface PackagesEndpoint {
  /** Each package once, with its vulnerabilities: `GET /container-security/combined/packages/v1`. */
  list(options?: PackagesOptions): AsyncIterable<AssessedPackage>;
  /** Each package once per vulnerability: `GET /container-security/combined/packages/v2`. */
  byVulnerability(options?: PackagesOptions): AsyncIterable<VulnerablePackage>;
}

/** The packages over a session. */
export function createPackagesEndpoint(desk: ReadDesk): PackagesEndpoint {
  return {
    list: ({ onlyZeroDayAffected, ...options } = {}) =>
      walkList(
        desk,
        {
          path: '/container-security/combined/packages/v1',
          schema: assessedPackageSchema,
          query: { only_zero_day_affected: onlyZeroDayAffected },
        },
        options,
      ),
    byVulnerability: ({ onlyZeroDayAffected, ...options } = {}) =>
      walkList(
        desk,
        {
          path: '/container-security/combined/packages/v2',
          schema: vulnerablePackageSchema,
          query: { only_zero_day_affected: onlyZeroDayAffected },
        },
        options,
      ),
  };
}
