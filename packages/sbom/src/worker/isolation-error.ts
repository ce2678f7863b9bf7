import { SbomError } from '../sbom-error.ts';

/** What keeps an isolation from working at all; never something that a file did. */
export function isolationError(what: string, cause?: unknown): SbomError {
  return new SbomError('ISOLATION_FAILED', `worker isolation: ${what}`, { cause });
}
