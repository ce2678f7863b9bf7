import type { StatedPackage } from '../package-list.ts';
import { withoutCredentials } from '../text/without-credentials.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { RustCrate } from './parse-audit-data.ts';

/**
 * The crates of a Rust program. Crates that only its build used are left out: nothing of them is in the image but what
 * they wrote.
 */
export function rustPackages(crates: readonly RustCrate[]): StatedPackage[] {
  const inProgram = (index: number): boolean => {
    const crate = crates[index];
    return crate !== undefined && crate.kind === 'runtime' && crate.name !== '';
  };
  return crates.flatMap((crate, index) => {
    if (!inProgram(index)) return [];
    const dependsOn = [...new Set(crate.dependencies)]
      .filter((needed) => needed !== index && inProgram(needed))
      .map(String);
    return [
      {
        ...{ type: 'cargo', class: 'language', key: String(index), name: crate.name, version: crate.version },
        ...(dependsOn.length > 0 && { dependsOn }),
        details: withoutUndefined({
          source: crate.source === '' ? undefined : withoutCredentials(crate.source),
          root: crate.root || undefined,
        }),
      },
    ];
  });
}
