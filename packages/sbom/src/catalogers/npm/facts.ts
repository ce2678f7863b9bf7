import type { LockedNpmPackage } from './locked-package.ts';
import type { NpmPackage } from './parse-package-json.ts';

/** What one file of an installation says. */
export type NpmFacts =
  /** A `package.json`. */
  | { readonly kind: 'manifest'; readonly pkg: NpmPackage }
  /** npm's record of what it installed where; the keys are paths relative to the project. */
  | { readonly kind: 'tree'; readonly packages: readonly LockedNpmPackage[] }
  /** pnpm's record of what its virtual store holds. */
  | { readonly kind: 'store'; readonly packages: readonly LockedNpmPackage[] };
