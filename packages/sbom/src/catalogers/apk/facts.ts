import type { ApkPackage } from './parse-installed.ts';

/** What one installed database says. */
export interface ApkFacts {
  readonly packages: readonly ApkPackage[];
}
