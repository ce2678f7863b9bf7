import type { PacmanPackage } from './parse-desc.ts';

/** What one file of pacman's local database says. */
export type PacmanFacts =
  | { readonly kind: 'desc'; readonly pkg: PacmanPackage }
  /** Paths of a file list, as `OwnedPaths.encode` writes them. */
  | { readonly kind: 'files'; readonly paths: string };
