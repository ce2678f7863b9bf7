/**
 * Why something could not be read. An inventory that holds problems is partial.
 *
 * - `malformed`: the content breaks its format.
 * - `too-large`: over a limit or over the byte budget.
 * - `timeout`: over its deadline.
 * - `link`: a link leads nowhere, in a circle, or out of the image.
 * - `layer`: an entry of a layer is not usable, such as a path that escapes the root.
 * - `unsupported`: a format version nobody here can read.
 */
export type ProblemCode = 'malformed' | 'too-large' | 'timeout' | 'link' | 'layer' | 'unsupported';

/** One thing that could not be read; the rest of the inventory stands. */
export interface Problem {
  /** Name of the cataloger that met it, or `layer` for what no cataloger saw. */
  readonly cataloger: string;
  /** Path relative to the image root, as far as there is one. */
  readonly path: string;
  /** Why. */
  readonly code: ProblemCode;
  /** One sentence for people. */
  readonly reason: string;
  /** Index of the layer, 0 = lowest. */
  readonly layer?: number;
}
