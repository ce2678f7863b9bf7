import type { Environment } from '../cloud-options.ts';
import type { IdentityAbsence } from '../identity-source.ts';

/** Says which of the variables that a source needs are not set, or empty. */
export function missingVariables(env: Environment, names: readonly string[]): IdentityAbsence {
  const missing = names.filter((name) => !env[name]);
  return { absent: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set` };
}
