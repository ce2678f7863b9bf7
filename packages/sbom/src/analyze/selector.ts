import type { Cataloger } from '../catalog/cataloger.ts';
import type { EntryKind } from '../catalog/layer-event.ts';
import { baseName, selectsPath } from '../catalog/path-selection.ts';
import { emptyHash, SliceIndex, withUnit } from './slice-index.ts';

/**
 * Says which catalogers want an entry by its path: one look at the path's last characters and three look-ups, however
 * many catalogers there are. Where nobody wants it, which is nearly always, nothing is allocated.
 */
export interface Selector {
  /** Those that want it, in the order of the catalogers. */
  byPath(path: string, kind: EntryKind): readonly Cataloger[];
}

const none: readonly Cataloger[] = [];
const slash = 0x2f;
const dot = 0x2e;

/** Puts the names, suffixes and directories of all catalogers into one index each. */
export function createSelector(catalogers: readonly Cataloger[]): Selector {
  return new IndexedSelector(catalogers);
}

class IndexedSelector implements Selector {
  readonly #catalogers: readonly Cataloger[];
  readonly #byName = new SliceIndex();
  readonly #bySuffix = new SliceIndex();
  readonly #byDirectory = new SliceIndex();
  readonly #everywhere: number[] = [];

  constructor(catalogers: readonly Cataloger[]) {
    this.#catalogers = catalogers;
    for (const [index, { select }] of catalogers.entries()) {
      const { names, suffixes, directories } = select;
      for (const name of names ?? []) this.#byName.add(name, index);
      for (const directory of directories ?? []) this.#byDirectory.add(directory, index);
      for (const suffix of suffixes ?? []) this.#bySuffix.add(ending(suffix), index);
      const indexed = names !== undefined || suffixes !== undefined || directories !== undefined;
      // What has no dot cannot be found by what follows the last one.
      const dotless = suffixes?.some((suffix) => !suffix.includes('.')) ?? false;
      if (dotless || (!indexed && select.path !== undefined)) this.#everywhere.push(index);
    }
  }

  byPath(path: string, kind: EntryKind): readonly Cataloger[] {
    let at = path.length - 1;
    let name = emptyHash;
    let lowered = emptyHash;
    let isAscii = true;
    let suffixed: readonly number[] | undefined;
    for (let dotted = false; at >= 0; at -= 1) {
      const unit = path.charCodeAt(at);
      if (unit === slash) break;
      name = withUnit(name, unit);
      if (dotted) continue;
      lowered = withUnit(lowered, lowerCase(unit));
      isAscii &&= unit < 0x80;
      if (unit !== dot) continue;
      dotted = true;
      suffixed = this.#bySuffix.get(isAscii ? lowered : hashOfEnding(path));
    }
    const named = this.#byName.get(name);
    const below = this.#byDirectory.isEmpty ? undefined : this.#byDirectory.get(hashOfName(path, at - 1));
    // Everything found is a candidate: a look-up is by hash, and by the end of a suffix.
    let wanting: number[] | undefined;
    if (named !== undefined) wanting = this.#join(wanting, named, path, kind);
    if (suffixed !== undefined) wanting = this.#join(wanting, suffixed, path, kind);
    if (below !== undefined) wanting = this.#join(wanting, below, path, kind);
    if (this.#everywhere.length > 0) wanting = this.#join(wanting, this.#everywhere, path, kind);
    return wanting?.sort((a, b) => a - b).map((index) => this.#catalogers[index] as Cataloger) ?? none;
  }

  /** Adds those of the candidates that want the entry. */
  #join(
    wanting: number[] | undefined,
    candidates: readonly number[],
    path: string,
    kind: EntryKind,
  ): number[] | undefined {
    let joined = wanting;
    for (const index of candidates) {
      if (joined?.includes(index)) continue;
      if (!selectsPath((this.#catalogers[index] as Cataloger).select, path, kind)) continue;
      if (joined === undefined) joined = [index];
      else joined.push(index);
    }
    return joined;
  }
}

function lowerCase(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
}

/** What follows the last dot of a name, with the dot. */
function ending(name: string): string {
  return name.slice(name.lastIndexOf('.'));
}

/** Beyond ASCII, case is no matter of single characters, so the whole name is put into lower case first. */
function hashOfEnding(path: string): number {
  const text = ending(baseName(path).toLowerCase());
  return hashOfName(text, text.length - 1);
}

/** The hash of the name whose last character is at `last`. */
function hashOfName(path: string, last: number): number {
  let hash = emptyHash;
  for (let at = last; at >= 0; at -= 1) {
    const unit = path.charCodeAt(at);
    if (unit === slash) break;
    hash = withUnit(hash, unit);
  }
  return hash;
}
