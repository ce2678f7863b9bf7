import { createHash } from 'node:crypto';
import type { Credential } from './credential.ts';

/**
 * Tells accounts apart: equal for credentials that say the same, wherever they came from, and different for all others.
 * A digest, so that keys of caches hold no secret. `undefined` is anonymous.
 */
export function accountId(credential: Credential | undefined): string {
  if (credential === undefined) return 'anonymous';
  const { username, password, identityToken, registryToken } = credential;
  const said = [username, password, identityToken, registryToken].map((part) => part ?? null);
  return createHash('sha256').update(JSON.stringify(said)).digest('base64url');
}
