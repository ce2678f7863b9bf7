import type { Environment } from '../cloud-options.ts';

/** The value of a variable; an empty one is not set. */
export function envValue(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === '' ? undefined : value;
}
