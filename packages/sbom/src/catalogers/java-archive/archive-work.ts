import type { ProblemCode } from '../../model/problem.ts';
import { SbomError } from '../../sbom-error.ts';
import type { ZipEntry } from '../../zip/zip-entry.ts';
import type { JavaArchive } from './facts.ts';

/** How much of one file is read. */
export interface JavaArchiveLimits {
  /** Archives within each other. The deepest that is built on purpose has five: an application in a web archive in an
   * enterprise archive, its libraries, and what those carry. */
  readonly depth: number;
  /** Archives in all. */
  readonly archives: number;
  /** Entries of all archives. */
  readonly entries: number;
  /** Packages in all. */
  readonly packages: number;
  /** Maven projects whose data lies in one archive. */
  readonly projects: number;
  /** Bytes of all that is decompressed. */
  readonly inflatedBytes: number;
  /** Bytes decompressed for each byte of the file, beyond the first 64 MiB. */
  readonly ratio: number;
  /** Bytes of decompressed archives that are in memory at once. */
  readonly heldBytes: number;
  readonly manifestBytes: number;
  readonly pomBytes: number;
  /** Bytes of Maven data in all archives; reading XML takes its time. */
  readonly projectBytes: number;
}

/** The limits that hold unless others are given. */
export const defaultJavaArchiveLimits: JavaArchiveLimits = {
  ...{ depth: 8, archives: 10_000, entries: 5_000_000, packages: 50_000, projects: 5_000 },
  ...{ inflatedBytes: 2 * 1024 ** 3, ratio: 50, heldBytes: 128 * 1024 ** 2 },
  ...{ manifestBytes: 16 * 1024 ** 2, pomBytes: 2 * 1024 ** 2, projectBytes: 64 * 1024 ** 2 },
};

/** The first bytes of a file that any ratio is allowed for: small things compress well. */
const ratioFloor = 64 * 1024 ** 2;
/** Problems of one file that are told one by one. */
const maxProblems = 20;
const maxInnerLength = 2_048;

/** The reading of one file with all archives in it: what was found and what it may still cost. */
export interface ArchiveWork {
  readonly limits: JavaArchiveLimits;
  readonly signal: AbortSignal;
  readonly found: JavaArchive[];
  problem(code: ProblemCode, inner: string | undefined, reason: string): void;
  /** Reports a limit of the whole file, once. */
  limitReached(reason: string, inner: string | undefined): void;
  takeArchive(inner: string): boolean;
  /** Whether there are entries left that may be looked at. */
  mayRead(inner: string | undefined): boolean;
  entriesLeft(): number;
  takeEntries(count: number): void;
  takePackages(count: number): boolean;
  /** Whether that much more may be decompressed. */
  takeBytes(bytes: number, inner: string | undefined): boolean;
  /** Whether that much more Maven data may be read. */
  takeProject(bytes: number, inner: string | undefined): boolean;
  /** Takes room for a decompressed archive. @returns what gives it back */
  hold(bytes: number, inner: string): (() => void) | undefined;
  /** Runs a step; what is wrong with the content becomes a problem. */
  guard<T>(inner: string | undefined, entry: ZipEntry, step: () => Promise<T>): Promise<T | undefined>;
  /** The path of an entry that is an archive, below the archive it lies in. */
  innerPath(around: string | undefined, name: string): string;
  finish(): void;
}

/** Begins to read a file of `size` bytes. */
export function createArchiveWork(
  size: number,
  options: {
    readonly limits?: Partial<JavaArchiveLimits>;
    readonly signal?: AbortSignal;
    problem?(code: ProblemCode, reason: string): void;
  },
): ArchiveWork {
  const limits = { ...defaultJavaArchiveLimits, ...options.limits };
  const maxInflated = Math.min(limits.inflatedBytes, ratioFloor + limits.ratio * size);
  const used = { archives: 1, entries: 0, packages: 0, inflated: 0, projects: 0, held: 0, problems: 0 };
  const reached = new Set<string>();
  const found: JavaArchive[] = [];

  const problem = (code: ProblemCode, inner: string | undefined, reason: string): void => {
    used.problems += 1;
    if (used.problems > maxProblems) return;
    options.problem?.(code, inner === undefined ? reason : `in ${inner}: ${reason}`);
  };
  const limitReached = (reason: string, inner: string | undefined): void => {
    if (!reached.has(reason)) problem('too-large', inner, reason);
    reached.add(reason);
  };
  const takeBytes = (bytes: number, inner: string | undefined): boolean => {
    if (used.inflated + bytes > maxInflated) {
      limitReached(`more than ${maxInflated} bytes decompressed`, inner);
      return false;
    }
    used.inflated += bytes;
    return true;
  };
  return {
    ...{ limits, found, problem, limitReached, takeBytes },
    signal: options.signal ?? new AbortController().signal,
    takeArchive(inner) {
      if (used.archives < limits.archives) used.archives += 1;
      else limitReached(`more than ${limits.archives} archives`, inner);
      return !reached.has(`more than ${limits.archives} archives`);
    },
    mayRead(inner) {
      if (used.entries < limits.entries) return true;
      limitReached(`more than ${limits.entries} entries`, inner);
      return false;
    },
    entriesLeft: () => limits.entries - used.entries,
    takeEntries(count) {
      used.entries += count;
    },
    takePackages(count) {
      used.packages += count;
      if (used.packages > limits.packages) limitReached(`more than ${limits.packages} packages`, undefined);
      return used.packages <= limits.packages;
    },
    takeProject(bytes, inner) {
      used.projects += bytes;
      if (used.projects <= limits.projectBytes) return true;
      limitReached(`more than ${limits.projectBytes} bytes of Maven data`, inner);
      return false;
    },
    hold(bytes, inner) {
      if (used.held + bytes > limits.heldBytes) {
        problem('too-large', inner, `${bytes} bytes, more than the ${limits.heldBytes} that may be in memory`);
        return undefined;
      }
      if (!takeBytes(bytes, inner)) return undefined;
      used.held += bytes;
      return () => {
        used.held -= bytes;
      };
    },
    async guard(inner, entry, step) {
      try {
        return await step();
      } catch (error) {
        if (!(error instanceof SbomError)) throw error;
        const { code, reason } = problemOf(error, entry);
        problem(code, inner, reason);
        return undefined;
      }
    },
    innerPath(around, name) {
      const printable = name
        .replace(/\p{Cc}/gu, '\u{fffd}')
        .slice(0, maxInnerLength)
        .toWellFormed();
      return around === undefined ? printable : `${around}!/${printable}`;
    },
    finish() {
      const more = used.problems - maxProblems;
      if (more > 0) options.problem?.('malformed', `${more} more problems in this file`);
    },
  };
}

function problemOf(error: SbomError, entry: ZipEntry): { code: ProblemCode; reason: string } {
  const reason = error.message.replace(/^\[[A-Z_]+\] /, '');
  if (entry.unreadable !== undefined) return { code: 'unsupported', reason };
  return { code: error.code === 'FILE_TOO_LARGE' ? 'too-large' : 'malformed', reason };
}
