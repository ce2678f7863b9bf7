import type { BundledComponent } from './parse-bundled-sbom.ts';
import type { PythonDirectUrl } from './parse-direct-url.ts';
import type { PythonPackage } from './parse-metadata.ts';

/** What one metadata file says. */
export type PythonFacts =
  | { readonly kind: 'metadata'; readonly pkg: PythonPackage }
  | { readonly kind: 'installer'; readonly name: string }
  | { readonly kind: 'direct-url'; readonly from: PythonDirectUrl }
  /** Somebody asked for the package by its name. */
  | { readonly kind: 'requested' }
  /** Normalised names that an egg needs, sorted. */
  | { readonly kind: 'requires'; readonly names: readonly string[] }
  /** What is inside the package's binaries. */
  | { readonly kind: 'sbom'; readonly components: readonly BundledComponent[] };
