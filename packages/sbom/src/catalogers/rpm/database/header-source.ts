import type { BlockReader } from './block-reader.ts';
import type { ReportProblem } from './database-problem.ts';

/** What the readers of the database formats share. */
export interface HeaderSourceContext {
  readonly reader: BlockReader;
  /** Bytes that one header may have. */
  readonly maxHeaderBytes: number;
  readonly report: ReportProblem;
  /**
   * Counts the bytes of a header before it is read. A sound database gives each of its bytes to one package at most, so
   * what asks for more than there are goes in circles.
   * @throws SbomError `MALFORMED` when all bytes of the database are spent
   */
  readonly spend: (bytes: number) => void;
}

/** The headers of installed packages, one at a time, as the database stores them; each is a buffer of its own. */
export type HeaderSource = AsyncGenerator<Uint8Array, void, undefined>;
