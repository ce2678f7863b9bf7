import { z } from 'zod';
import { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';
import { canonicalRegistryKey } from './registry-key.ts';

const text = z.string().nullish();
const entrySchema = z.looseObject({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const fileSchema = z.looseObject({ auths: z.record(z.string(), entrySchema.nullish()).nullish() });
type Entry = z.infer<typeof entrySchema>;

function invalid(name: string, reason: string): RegistryError {
  // No cause: JSON.parse quotes the text around the mistake, which may be a password.
  return new RegistryError('CREDENTIALS_INVALID', `read credentials, ${name}: ${reason}`, {
    hint: 'the file must be a docker config.json or containers auth.json; docker login or podman login writes one',
  });
}

function parseJson(name: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw invalid(name, 'it is not valid JSON');
  }
}

/** Decodes `auth`: base64 of `user:password`. Docker pads the password with NUL bytes at times. */
function decodeAuth(name: string, host: string, auth: string): { username: string; password: string } {
  const compact = auth.trim();
  const decoded = Buffer.from(compact, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact) || colon < 0) {
    throw invalid(name, `the "auth" of ${host} is not base64 of user:password`);
  }
  let end = decoded.length;
  while (end > colon + 1 && decoded.charCodeAt(end - 1) === 0) end--;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1, end) };
}

/** `undefined` for entries that hold nothing: docker writes `{}` when the secret lies in a credential helper. */
function toCredential(name: string, host: string, entry: Entry): Credential | undefined {
  const decoded = entry.auth ? decodeAuth(name, host, entry.auth) : undefined;
  const username = decoded?.username || entry.username || undefined;
  const password = decoded?.password || entry.password || undefined;
  const credential: Credential = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(entry.identitytoken && { identityToken: entry.identitytoken }),
    ...(entry.registrytoken && { registryToken: entry.registrytoken }),
    source: name,
  };
  const usable = credential.identityToken ?? credential.registryToken ?? credential.password;
  return usable === undefined ? undefined : credential;
}

/**
 * Reads a docker `config.json` or containers `auth.json` into credentials by canonical key. Where two spellings of one
 * host both hold a credential, the first in the file wins.
 *
 * @param name how the file is called in error messages and as {@link Credential.source}
 * @throws RegistryError `CREDENTIALS_INVALID` naming the file, never its content.
 */
export function parseDockerConfig(name: string, content: string): ReadonlyMap<string, Credential> {
  const parsed = fileSchema.safeParse(parseJson(name, content));
  if (!parsed.success) throw invalid(name, '"auths" does not have the form of a docker config');
  const credentials = new Map<string, Credential>();
  for (const [key, entry] of Object.entries(parsed.data.auths ?? {})) {
    const canonical = canonicalRegistryKey(key);
    // A key that names no host (a pattern of another tool) matches nothing here.
    if (canonical === undefined || !entry || credentials.has(canonical)) continue;
    const credential = toCredential(name, canonical, entry);
    if (credential !== undefined) credentials.set(canonical, credential);
  }
  return credentials;
}
