import { readFileSync } from 'node:fs';
import { agentManifest } from './agent-manifest.ts';

/** The version of this agent, from its package.json. */
export function agentVersion(): string {
  const { version } = JSON.parse(readFileSync(agentManifest(), 'utf8'));
  return version;
}
