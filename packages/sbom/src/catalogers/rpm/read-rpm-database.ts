import type { RandomAccess } from '../../catalog/cataloger.ts';
import { SbomError } from '../../sbom-error.ts';
import type { RpmDatabaseProblem } from './database/database-problem.ts';
import { reportDamage } from './database/keep-going.ts';
import { readHeaders } from './database/read-headers.ts';
import { parseRpmPackage, type RpmPackage } from './rpm-package.ts';

/** How much of a database is read. */
export interface RpmDatabaseLimits {
  /** Bytes of one package's header; that much memory is needed at once. Default 32 MiB. */
  readonly headerBytes: number;
  /** Packages. Default 100 000. */
  readonly packages: number;
  /** Problems after which the reading ends. Default 1 000. */
  readonly problems: number;
}

/** What {@link readRpmDatabase} takes beside the database. */
export interface RpmDatabaseOptions {
  /** The `-wal` file beside an SQLite database: packages may be there and nowhere else. */
  readonly wal?: RandomAccess | undefined;
  readonly limits?: Partial<RpmDatabaseLimits>;
  /**
   * Told of what could not be read; everything else still comes. Without it the first problem ends the reading as an
   * error.
   */
  readonly onProblem?: (problem: RpmDatabaseProblem) => void;
  readonly signal?: AbortSignal;
}

/** Limits that serve every database a distribution ships. */
const defaultLimits: RpmDatabaseLimits = { headerBytes: 32 * 1024 * 1024, packages: 100_000, problems: 1_000 };

/**
 * The packages of an rpm database, one at a time: Berkeley DB (`Packages`, hash or b-tree), NDB (`Packages.db`) or SQLite
 * (`rpmdb.sqlite`, with its log). The format is told by content, not by name. However large the database is, no more
 * than 1 MiB of its pages and one header are in memory. Imported keys come as packages called `gpg-pubkey`, as
 * `rpm -qa` lists them.
 *
 * @throws SbomError `MALFORMED` where it breaks its format or passes a limit and no `onProblem` was given; the signal's
 * reason; whatever `database.read` throws
 */
export async function* readRpmDatabase(
  database: RandomAccess,
  options: RpmDatabaseOptions = {},
): AsyncGenerator<RpmPackage, void, undefined> {
  const { wal, signal, onProblem } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const ending = createEnding(limits.problems, onProblem);
  let packages = 0;
  try {
    const headers = readHeaders(database, { wal, signal, maxHeaderBytes: limits.headerBytes, report: ending.report });
    for await (const header of headers) {
      if (packages >= limits.packages) {
        ending.report({ code: 'too-large', reason: `over ${limits.packages} packages, the rest was not read` });
        return;
      }
      packages += 1;
      const found = readPackage(header, ending.report);
      if (found !== undefined) yield found;
    }
  } catch (error) {
    if (onProblem === undefined || error !== ending.error) throw error;
    onProblem({ code: 'too-large', reason: `over ${limits.problems} problems, the rest was not read` });
  }
}

function readPackage(header: Uint8Array, report: (problem: RpmDatabaseProblem) => void): RpmPackage | undefined {
  try {
    return parseRpmPackage(header);
  } catch (error) {
    reportDamage(error, report);
    return undefined;
  }
}

/** Passes problems on until there are too many; then it throws, and goes on to throw the same error. */
interface Ending {
  readonly error: SbomError | undefined;
  report(problem: RpmDatabaseProblem): void;
}

function createEnding(limit: number, onProblem: RpmDatabaseOptions['onProblem']): Ending {
  let error: SbomError | undefined;
  let problems = 0;
  return {
    get error() {
      return error;
    },
    report(problem) {
      problems += 1;
      if (error === undefined && onProblem !== undefined && problems <= limit) {
        onProblem(problem);
        return;
      }
      error ??= new SbomError('MALFORMED', problem.reason);
      throw error;
    },
  };
}
