import { createHash } from 'node:crypto';
import { runTool } from './run-tool.ts';

/** The digest of a manifest or index as skopeo gives it, by what comes after `skopeo inspect --raw`. */
export async function skopeoDigest(...source: string[]): Promise<string> {
  const raw = await runTool('skopeo', ['inspect', '--raw', ...source]);
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
}
