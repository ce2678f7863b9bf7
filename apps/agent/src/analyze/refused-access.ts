import { describeFailure } from './describe-failure.ts';

/** How registries answer those who may not read; some deny that there is anything. */
const refusals: ReadonlySet<string> = new Set([
  'UNAUTHORIZED',
  'DENIED',
  'CREDENTIALS_UNAVAILABLE',
  'NAME_UNKNOWN',
  'MANIFEST_UNKNOWN',
]);

/** Whether other credentials may do better. */
export function isRefusedAccess(error: unknown): boolean {
  return refusals.has(describeFailure(error).code);
}
