import type { EntryKind } from '../catalog/layer-event.ts';
import { comparePaths } from '../model/order.ts';
import type { AnalyzeContext } from './analyze-context.ts';
import type { PathFacts } from './layer-facts.ts';

interface MutablePathFacts {
  readonly path: string;
  readonly kind: EntryKind;
  readonly facts: Record<string, unknown>;
}

/**
 * Paths of one layer that may be selected. Real layers stay far below; what a hostile one adds beyond is not read and
 * reported as one problem.
 */
export const maxSelectedPaths = 500_000;

/** Gathers the facts of one layer while later entries replace earlier ones of the same path. */
export class FactsBuilder {
  readonly #byPath = new Map<string, MutablePathFacts>();
  /** Directories above paths with facts, so that an entry that replaces a whole directory is noticed cheaply. */
  readonly #parents = new Set<string>();

  /** Forgets what an entry at `path` replaces. @returns the paths that are gone */
  replace(path: string, kind: EntryKind): readonly string[] {
    const gone: string[] = [];
    if (this.#byPath.delete(path)) gone.push(path);
    if (kind !== 'directory' && this.#parents.has(path)) {
      for (const other of this.#byPath.keys()) if (other.startsWith(`${path}/`)) gone.push(other);
      for (const other of gone) this.#byPath.delete(other);
    }
    return gone;
  }

  /** Selected paths beyond {@link maxSelectedPaths}. */
  refused = 0;

  /** Notes that `path` was selected. @returns false where there are too many already */
  add(path: string, kind: EntryKind): boolean {
    if (this.#byPath.has(path)) return true;
    if (this.#byPath.size >= maxSelectedPaths) {
      this.refused += 1;
      return false;
    }
    this.#byPath.set(path, { path, kind, facts: {} });
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end);
      if (this.#parents.has(parent)) return true;
      this.#parents.add(parent);
    }
    return true;
  }

  set(path: string, cataloger: string, facts: unknown): void {
    const entry = this.#byPath.get(path);
    if (entry !== undefined) entry.facts[cataloger] = facts;
  }

  /**
   * A hard link has the content its target has at this moment, whatever replaces the target later in the same layer;
   * so facts that the target already gave are the link's as well.
   */
  copyFromTarget(
    path: string,
    target: string,
    { selector, byHead }: Pick<AnalyzeContext, 'selector' | 'byHead'>,
  ): void {
    const source = this.#byPath.get(target);
    if (source === undefined) return;
    for (const { name } of new Set([...selector.byPath(path, 'file'), ...byHead])) {
      const facts = source.facts[name];
      if (facts === undefined) continue;
      if (this.add(path, 'hardlink')) this.set(path, name, facts);
    }
  }

  build(): PathFacts[] {
    return Array.from(this.#byPath.values()).sort((a, b) => comparePaths(a.path, b.path));
  }
}
