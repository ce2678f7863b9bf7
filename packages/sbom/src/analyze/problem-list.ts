import { comparePaths } from '../model/order.ts';
import type { Problem } from '../model/problem.ts';

/** A problem of one layer; which one is known where layers are joined. */
export type LayerProblem = Omit<Problem, 'layer'>;

/**
 * Problems that one layer may list. Whoever makes a layer can make millions of them; the first ones tell what is wrong,
 * and the last entry says how many more there were.
 */
export const maxLayerProblems = 1_000;

interface PlacedProblem {
  readonly position: number;
  readonly problem: LayerProblem;
}

/**
 * Gathers the first {@link maxLayerProblems} problems of a layer by the position of their entry, whatever the order in
 * which they are reported: files are looked at side by side, and the list must not tell in which order that ended.
 */
export class ProblemList {
  #problems: PlacedProblem[] = [];
  #left = 0;

  /** @param position - Of the entry in the layer; what is said at the end of the layer comes after all entries. */
  add(problem: LayerProblem, position: number = Number.POSITIVE_INFINITY): void {
    this.#problems.push({ position, problem });
    if (this.#problems.length >= 2 * maxLayerProblems) this.#keepFirst();
  }

  build(): LayerProblem[] {
    this.#keepFirst();
    const problems = this.#problems.map(({ problem }) => problem);
    if (this.#left === 0) return problems;
    const reason = `${this.#left} more problems are not listed`;
    return [...problems, { cataloger: 'layer', path: '', code: 'too-large', reason }];
  }

  #keepFirst(): void {
    this.#problems.sort(comparePlaces);
    this.#left += Math.max(0, this.#problems.length - maxLayerProblems);
    this.#problems = this.#problems.slice(0, maxLayerProblems);
  }
}

function comparePlaces(one: PlacedProblem, other: PlacedProblem): number {
  const [a, b] = [one.problem, other.problem];
  if (one.position !== other.position) return one.position < other.position ? -1 : 1;
  return (
    comparePaths(a.path, b.path) ||
    comparePaths(a.cataloger, b.cataloger) ||
    comparePaths(a.code, b.code) ||
    comparePaths(a.reason, b.reason)
  );
}
