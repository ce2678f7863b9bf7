import type { DpkgArchive } from './parse-available.ts';
import type { DebianCopyright } from './parse-copyright.ts';
import type { DpkgPackage } from './parse-status.ts';

/** What one file of a dpkg database, or of what belongs to it, says. */
export type DpkgFacts =
  | { readonly kind: 'status'; readonly packages: readonly DpkgPackage[] }
  /** Paths of a file list, as `OwnedPaths.encode` writes them. */
  | { readonly kind: 'files'; readonly paths: string }
  | { readonly kind: 'available'; readonly archives: readonly DpkgArchive[] }
  /** `name:architecture` of what apt installed for the sake of another package. */
  | { readonly kind: 'auto-installed'; readonly packages: readonly string[] }
  | ({ readonly kind: 'copyright' } & DebianCopyright);
