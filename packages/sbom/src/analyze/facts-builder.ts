import type { EntryKind } from '../catalog/layer-event.ts';
import { comparePaths } from '../model/order.ts';
import type { PathFacts } from './layer-facts.ts';

/**
 * Paths of one layer that may be selected. Real layers stay far below; what a hostile one adds beyond is not read and
 * reported as one problem.
 */
export const maxSelectedPaths = 500_000;

/** The facts of one entry while they are gathered; filling those of an entry that was replaced changes nothing. */
export interface EntryFacts {
  readonly path: string;
  readonly kind: EntryKind;
  /** Facts by cataloger. */
  readonly facts: Record<string, unknown>;
  /** When it was added: what was replaced later is gone. */
  readonly time: number;
}

/** Gathers the facts of one layer while later entries replace earlier ones of the same path. */
export class FactsBuilder {
  readonly #byPath = new Map<string, EntryFacts>();
  /** Directories above selected paths, so that an entry that replaces a whole directory is noticed cheaply. */
  readonly #parents = new Set<string>();
  /**
   * When each directory was last replaced as a whole. What lay below is passed over from then on; looking for it at
   * once would let a layer that replaces its directories again and again take for ever.
   */
  readonly #replacedAt = new Map<string, number>();
  #time = 0;
  /** Selected paths beyond {@link maxSelectedPaths}. */
  refused = 0;

  /** Forgets what an entry at `path` replaces. @returns whether there was something at this very path */
  replace(path: string, kind: EntryKind): boolean {
    if (this.#byPath.size === 0) return false;
    if (kind !== 'directory' && this.#parents.has(path)) this.#replacedAt.set(path, ++this.#time);
    return this.#byPath.delete(path);
  }

  /** Notes that `path` was selected. @returns undefined where there are too many already */
  add(path: string, kind: EntryKind): EntryFacts | undefined {
    const known = this.at(path);
    if (known !== undefined) return known;
    if (this.#byPath.size >= maxSelectedPaths && !this.#byPath.has(path)) {
      this.refused += 1;
      return undefined;
    }
    const entry: EntryFacts = { path, kind, facts: {}, time: ++this.#time };
    this.#byPath.set(path, entry);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end);
      if (this.#parents.has(parent)) break;
      this.#parents.add(parent);
    }
    return entry;
  }

  /** The entry that is at a path now, where it was selected. */
  at(path: string): EntryFacts | undefined {
    const entry = this.#byPath.get(path);
    return entry !== undefined && this.#isThere(entry) ? entry : undefined;
  }

  /** What is there at the end, sorted by path; each entry's facts sorted by cataloger. */
  build(): PathFacts[] {
    const there: PathFacts[] = [];
    for (const entry of this.#byPath.values()) {
      if (this.#isThere(entry)) there.push({ path: entry.path, kind: entry.kind, facts: sorted(entry.facts) });
    }
    return there.sort((a, b) => comparePaths(a.path, b.path));
  }

  #isThere({ path, time }: EntryFacts): boolean {
    if (this.#replacedAt.size === 0) return true;
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      if ((this.#replacedAt.get(path.slice(0, end)) ?? 0) > time) return false;
    }
    return true;
  }
}

/** The same facts, by cataloger in order: several catalogers read one body side by side, and any may be first. */
function sorted(facts: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(facts);
  if (names.length < 2) return facts;
  return Object.fromEntries(names.sort().map((name) => [name, facts[name]]));
}
