import { findPackageJSON } from 'node:module';

/** Path of the agent's package.json, wherever the bundler put this module. */
export function agentManifest(): string {
  const path = findPackageJSON(import.meta.url);
  if (path === undefined) throw new Error(`no package.json above ${import.meta.url}`);
  return path;
}
