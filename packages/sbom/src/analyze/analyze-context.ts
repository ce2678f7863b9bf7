import type { Cataloger } from '../catalog/cataloger.ts';
import type { LayerProblem } from './problem-list.ts';
import type { Storage } from './retained-content.ts';

/** What all steps of one pass share. */
export interface AnalyzeContext {
  readonly catalogers: readonly Cataloger[];
  /** Whether any cataloger looks at the first bytes of files. */
  readonly selectsByHead: boolean;
  readonly storage: Storage;
  readonly signal: AbortSignal;
  readonly problem: (problem: LayerProblem) => void;
}
