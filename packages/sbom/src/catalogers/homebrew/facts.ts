import type { HomebrewFormula } from './parse-formula.ts';
import type { HomebrewReceipt } from './parse-receipt.ts';

/** What one file of a keg says. */
export type HomebrewFacts =
  | { readonly kind: 'receipt'; readonly receipt: HomebrewReceipt }
  | { readonly kind: 'formula'; readonly formula: HomebrewFormula };
