import type { Cataloger } from '../catalog/cataloger.ts';
import type { BodyBuffer } from './body-buffer.ts';
import type { Isolation } from './isolation.ts';
import type { LayerProblem } from './problem-list.ts';
import type { Storage } from './retained-content.ts';
import type { Selector } from './selector.ts';

/** What all steps of one pass share. */
export interface AnalyzeContext {
  readonly selector: Selector;
  /** The catalogers that look at the first bytes of files. */
  readonly byHead: readonly Cataloger[];
  readonly storage: Storage;
  readonly bodyBuffer: BodyBuffer;
  /** Where the catalogers run that ask for it; undefined: here, like the others. */
  readonly isolation: Isolation | undefined;
  readonly signal: AbortSignal;
  readonly problem: (problem: LayerProblem) => void;
}
