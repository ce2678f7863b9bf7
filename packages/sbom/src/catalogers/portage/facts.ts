import type { PortageField } from './database-files.ts';

/** What one file of Portage's database says. */
export type PortageFacts =
  /** Paths of `CONTENTS`, as `OwnedPaths.encode` writes them. */
  | { readonly kind: 'files'; readonly paths: string }
  | { readonly kind: 'value'; readonly field: Exclude<PortageField, 'CONTENTS'>; readonly value: string };
