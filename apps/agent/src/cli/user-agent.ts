import { agentVersion } from './version.ts';

/** How the agent introduces itself to registries and to the cloud. */
export function userAgent(): string {
  return `falcon-iar/${agentVersion()}`;
}
