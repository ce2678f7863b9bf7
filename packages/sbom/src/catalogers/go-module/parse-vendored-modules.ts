import { isPlainToken } from '../text/plain-token.ts';
import { splitLines } from '../text/read-lines.ts';

/** A module whose packages were copied into a `vendor` directory. */
export interface VendoredModule {
  readonly path: string;
  /** Absent for one that a directory replaces at all its versions. */
  readonly version?: string;
  readonly replace?: { readonly path: string; readonly version?: string };
}

/** Modules of one file that are taken; the largest projects have some thousand. */
const maxModules = 50_000;

/**
 * Reads a `vendor/modules.txt` (Go Modules Reference, "Vendoring"): `# path version`, `# path version => path version`,
 * and below each the packages that were copied. Modules of which no package was copied are left out.
 */
export function parseVendoredModules(text: string): VendoredModule[] {
  const modules: VendoredModule[] = [];
  let open: VendoredModule | undefined;
  splitLines(text, (line) => {
    if (line.startsWith('# ')) open = moduleOf(line.slice(2));
    else if (open !== undefined && line.trim() !== '' && !line.startsWith('#')) {
      modules.push(open);
      open = undefined;
    }
    return modules.length < maxModules;
  });
  return modules;
}

function moduleOf(text: string): VendoredModule | undefined {
  const words = text.trim().split(/\s+/, 6);
  const arrow = words.indexOf('=>');
  const [path = '', version] = arrow < 0 ? words : words.slice(0, arrow);
  const [by, byVersion] = arrow < 0 ? [] : words.slice(arrow + 1);
  if (![path, version ?? 'any', by ?? 'any', byVersion ?? 'any'].every(isPlainToken)) return undefined;
  const replace = by && { path: by, ...(byVersion !== undefined && { version: byVersion }) };
  return { path, ...(version !== undefined && { version }), ...(replace && { replace }) };
}
