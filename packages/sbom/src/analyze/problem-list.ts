import type { Problem } from '../model/problem.ts';

/** A problem of one layer; which one is known where layers are joined. */
export type LayerProblem = Omit<Problem, 'layer'>;

/**
 * Problems that one layer may list. Whoever makes a layer can make millions of them; the first ones tell what is wrong,
 * and the last entry says how many more there were.
 */
export const maxLayerProblems = 1_000;

/** Gathers problems up to {@link maxLayerProblems}. */
export class ProblemList {
  readonly #problems: LayerProblem[] = [];
  #left = 0;

  add(problem: LayerProblem): void {
    if (this.#problems.length < maxLayerProblems) this.#problems.push(problem);
    else this.#left += 1;
  }

  build(): LayerProblem[] {
    if (this.#left === 0) return this.#problems;
    const reason = `${this.#left} more problems are not listed`;
    return [...this.#problems, { cataloger: 'layer', path: '', code: 'too-large', reason }];
  }
}
