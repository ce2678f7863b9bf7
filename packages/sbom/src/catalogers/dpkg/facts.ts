import type { DpkgPackage } from './parse-status.ts';

/** What one file of a dpkg database says. */
export type DpkgFacts =
  | { readonly kind: 'status'; readonly packages: readonly DpkgPackage[] }
  /** Paths of a file list, as `OwnedPaths.encode` writes them. */
  | { readonly kind: 'files'; readonly paths: string };
