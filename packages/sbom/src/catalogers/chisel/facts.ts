import type { ChiselPackage } from './parse-manifest.ts';

/** What one manifest says. */
export interface ChiselFacts {
  readonly packages: readonly ChiselPackage[];
}
