import { entriesOf, field, isFields, itemsOf, parseJson, token } from '../text/json-fields.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package that renv locked. */
export interface LockedRPackage {
  readonly name: string;
  readonly version: string;
  /** `Repository`, `Bioconductor`, `GitHub`. */
  readonly source?: string;
  /** `CRAN`, or the name of another collection. */
  readonly repository?: string;
  /** The commit of one from version control. */
  readonly commit?: string;
  readonly needs: readonly string[];
}

/** Reads an `renv.lock`. @returns undefined where the text is none. Never throws. */
export function parseRenvLock(text: string): LockedRPackage[] | undefined {
  const packages = field(parseJson(text), 'Packages');
  if (!isFields(packages)) return undefined;
  return entriesOf(packages).flatMap(([key, entry]) => {
    const [name, version] = [token(field(entry, 'Package')) ?? token(key), token(field(entry, 'Version'))];
    if (name === undefined || version === undefined) return [];
    const needs = itemsOf(field(entry, 'Requirements')).filter((need) => typeof need === 'string');
    const stated = {
      source: token(field(entry, 'Source')),
      repository: token(field(entry, 'Repository')),
      commit: token(field(entry, 'RemoteSha')),
    };
    return [{ name, version, needs, ...withoutUndefined(stated) }];
  });
}
