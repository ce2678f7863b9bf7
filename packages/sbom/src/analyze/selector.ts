import type { Cataloger } from '../catalog/cataloger.ts';
import type { EntryKind } from '../catalog/layer-event.ts';
import { baseName, parentName, selectsPath } from '../catalog/path-selection.ts';

/** Says which catalogers want an entry by its path: four look-ups, however many catalogers there are. */
export interface Selector {
  /** Those that want it, in the order of the catalogers. */
  byPath(path: string, kind: EntryKind): readonly Cataloger[];
}

const none: readonly Cataloger[] = [];

/** Puts the names, suffixes and directories of all catalogers into one index each. */
export function createSelector(catalogers: readonly Cataloger[]): Selector {
  const byName = new Map<string, number[]>();
  const bySuffix = new Map<string, number[]>();
  const byDirectory = new Map<string, number[]>();
  const everywhere: number[] = [];
  for (const [index, { select }] of catalogers.entries()) {
    const { names, suffixes, directories } = select;
    for (const name of names ?? []) add(byName, name, index);
    for (const suffix of suffixes ?? []) add(bySuffix, suffix.slice(suffix.lastIndexOf('.')), index);
    for (const directory of directories ?? []) add(byDirectory, directory, index);
    const indexed = names !== undefined || suffixes !== undefined || directories !== undefined;
    if (!indexed && select.path !== undefined) everywhere.push(index);
  }
  return {
    byPath(path, kind) {
      const name = baseName(path);
      const dot = name.lastIndexOf('.');
      const named = byName.get(name);
      const suffixed = dot < 0 ? undefined : bySuffix.get(name.slice(dot).toLowerCase());
      const below = byDirectory.size === 0 ? undefined : byDirectory.get(parentName(path));
      if (everywhere.length === 0 && named === undefined && suffixed === undefined && below === undefined) return none;
      const matching = new Set([...everywhere, ...(named ?? []), ...(suffixed ?? []), ...(below ?? [])]);
      const wanting = [...matching].sort((a, b) => a - b).map((index) => catalogers[index] as Cataloger);
      return wanting.filter(({ select }) => selectsPath(select, path, kind));
    },
  };
}

function add(index: Map<string, number[]>, key: string, cataloger: number): void {
  const listed = index.get(key);
  if (listed === undefined) index.set(key, [cataloger]);
  else if (listed.at(-1) !== cataloger) listed.push(cataloger);
}
