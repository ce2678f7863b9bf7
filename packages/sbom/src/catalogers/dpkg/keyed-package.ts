import type { DpkgPackage } from './parse-status.ts';

/** A package with the name that findings know it by. */
export interface KeyedDpkgPackage {
  readonly key: string;
  readonly pkg: DpkgPackage;
}
