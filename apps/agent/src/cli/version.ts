import { readFileSync } from 'node:fs';

/** The version of this agent, from its package.json. */
export function agentVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return version;
}
