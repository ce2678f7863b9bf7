import type { GoMod } from './parse-go-mod.ts';
import type { SummedModule } from './parse-go-sum.ts';
import type { VendoredModule } from './parse-vendored-modules.ts';

/** Facts of one file of a Go module. */
export type GoModuleFacts =
  | ({ readonly kind: 'mod' } & GoMod)
  | { readonly kind: 'sum'; readonly modules: readonly SummedModule[] }
  | { readonly kind: 'vendor'; readonly modules: readonly VendoredModule[] };
