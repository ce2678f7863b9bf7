import { SbomError } from '../../../sbom-error.ts';
import type { ReportProblem } from './database-problem.ts';

/** What the error class puts before its message; a problem has its code apart. */
const prefix = '[MALFORMED] ';

/** Makes a problem of an error that tells of broken content; every other error is thrown again. */
export function reportDamage(error: unknown, report: ReportProblem): void {
  if (!(error instanceof SbomError) || error.code !== 'MALFORMED') throw error;
  report({ code: 'malformed', reason: error.message.slice(prefix.length) });
}
