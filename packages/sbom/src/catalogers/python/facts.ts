import type { PythonDirectUrl } from './parse-direct-url.ts';
import type { PythonPackage } from './parse-metadata.ts';

/** What one metadata file says. */
export type PythonFacts =
  | { readonly kind: 'metadata'; readonly pkg: PythonPackage }
  | { readonly kind: 'installer'; readonly name: string }
  | { readonly kind: 'direct-url'; readonly from: PythonDirectUrl };
