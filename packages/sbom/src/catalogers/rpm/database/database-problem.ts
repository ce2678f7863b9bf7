/**
 * What went wrong while a database was read.
 *
 * - `malformed`: a page, a record or a header breaks its format.
 * - `too-large`: over one of the limits.
 * - `unsupported`: a version or an option of the format that nobody here can read.
 */
export type RpmDatabaseProblemCode = 'malformed' | 'too-large' | 'unsupported';

/** One part of a database that could not be read; the rest goes on. */
export interface RpmDatabaseProblem {
  readonly code: RpmDatabaseProblemCode;
  /** One sentence for people. */
  readonly reason: string;
}

/** Takes a problem; it may throw, which ends the reading. */
export type ReportProblem = (problem: RpmDatabaseProblem) => void;
