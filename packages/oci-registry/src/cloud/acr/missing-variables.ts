import type { AzureSource } from './azure-source.ts';
import type { AzureTokenAbsence } from './azure-token.ts';

/** Says which of the variables that a source needs are not set, or empty. */
export function missingVariables(env: AzureSource['env'], names: readonly string[]): AzureTokenAbsence {
  const missing = names.filter((name) => !env[name]);
  return { absent: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not set` };
}
