import type { ApkPackage } from './parse-installed.ts';

/** What one file of apk says. */
export type ApkFacts =
  | { readonly kind: 'installed'; readonly packages: readonly ApkPackage[] }
  /** Names that somebody asked for. */
  | { readonly kind: 'world'; readonly names: readonly string[] };
