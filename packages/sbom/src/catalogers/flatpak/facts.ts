import type { FlatpakMetadata } from './parse-metadata.ts';
import type { Metainfo } from './parse-metainfo.ts';

/** What one file of a Flatpak installation says. */
export type FlatpakFacts =
  | { readonly kind: 'metadata'; readonly metadata: FlatpakMetadata }
  | { readonly kind: 'metainfo'; readonly metainfo: Metainfo };
