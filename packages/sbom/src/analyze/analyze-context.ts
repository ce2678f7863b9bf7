import type { Cataloger } from '../catalog/cataloger.ts';
import type { Problem } from '../model/problem.ts';
import type { Storage } from './retained-content.ts';

/** What all steps of one pass share. */
export interface AnalyzeContext {
  readonly catalogers: readonly Cataloger[];
  readonly storage: Storage;
  readonly signal: AbortSignal;
  readonly problem: (problem: Omit<Problem, 'layer'>) => void;
}
