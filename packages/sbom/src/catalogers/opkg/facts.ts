import type { OpkgPackage } from './parse-control.ts';

/** What one file of an opkg database says. */
export type OpkgFacts =
  | { readonly kind: 'packages'; readonly packages: readonly OpkgPackage[] }
  /** Paths of a file list, as `OwnedPaths.encode` writes them. */
  | { readonly kind: 'files'; readonly paths: string };
