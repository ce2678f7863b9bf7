import { z } from 'zod';
import { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';

const text = z.string().nullish();
const entrySchema = z.looseObject({
  auth: text,
  username: text,
  password: text,
  identitytoken: text,
  registrytoken: text,
});
const entriesSchema = z.record(z.string(), z.unknown());
const fileSchema = z.looseObject({ auths: entriesSchema.nullish() });

/** What messages say about the place that a configuration comes from. */
export interface DockerConfigOrigin {
  /** How it is called, and the {@link Credential.source} of what is in it: a path, "pull secret ns/name". */
  readonly name: string;
  /** What to do when it is malformed. */
  readonly hint?: string | undefined;
}

/** `config.json` has `{"auths": {…}}`; the older `.dockercfg` is what is inside. */
export type DockerConfigFormat = 'config.json' | '.dockercfg';

const fileHint =
  'the file must be a docker config.json or containers auth.json; docker login or podman login writes one';

/** The error for a configuration that cannot be used. Nothing of its text belongs into the reason. */
export function invalidDockerConfig(origin: DockerConfigOrigin, reason: string): RegistryError {
  // No cause: JSON.parse quotes the text around the mistake, which may be a password.
  return new RegistryError('CREDENTIALS_INVALID', `read credentials, ${origin.name}: ${reason}`, {
    hint: origin.hint ?? fileHint,
  });
}

/** @throws RegistryError `CREDENTIALS_INVALID` with nothing of the text */
export function parseDockerConfigJson(origin: DockerConfigOrigin, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw invalidDockerConfig(origin, 'it is not valid JSON');
  }
}

/** Decodes `auth`: base64 of `user:password`. Docker pads the password with NUL bytes at times. */
function decodeAuth(origin: DockerConfigOrigin, label: string, auth: string): { username: string; password: string } {
  const compact = auth.replace(/[\r\n]/g, '').trim();
  const decoded = Buffer.from(compact, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(compact) || colon < 0) {
    throw invalidDockerConfig(origin, `the "auth" of ${label} is not base64 of user:password`);
  }
  let end = decoded.length;
  while (end > colon + 1 && decoded.charCodeAt(end - 1) === 0) end--;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1, end) };
}

/**
 * The entries of a configuration by the keys they are written under, not yet looked at.
 *
 * @param document the configuration as {@link parseDockerConfigJson} gives it
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function dockerConfigEntries(
  origin: DockerConfigOrigin,
  document: unknown,
  format: DockerConfigFormat,
): readonly (readonly [key: string, entry: unknown])[] {
  const parsed = fileSchema.safeParse(format === 'config.json' ? document : { auths: document });
  if (!parsed.success) {
    const what = format === 'config.json' ? '"auths"' : 'it';
    throw invalidDockerConfig(origin, `${what} does not have the form of a docker config`);
  }
  return Object.entries(parsed.data.auths ?? {});
}

/**
 * The credential of one entry; `undefined` for an entry that holds nothing: docker writes `{}` when the secret lies in a
 * credential helper.
 *
 * @param label how messages call the entry
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function dockerConfigCredential(
  origin: DockerConfigOrigin,
  label: string,
  value: unknown,
): Credential | undefined {
  const parsed = entrySchema.nullish().safeParse(value);
  if (!parsed.success) throw invalidDockerConfig(origin, `${label} does not have the form of a docker config`);
  const entry = parsed.data;
  if (!entry) return undefined;
  const decoded = entry.auth ? decodeAuth(origin, label, entry.auth) : undefined;
  const username = decoded?.username || entry.username || undefined;
  const password = decoded?.password || entry.password || undefined;
  const credential: Credential = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(entry.identitytoken && { identityToken: entry.identitytoken }),
    ...(entry.registrytoken && { registryToken: entry.registrytoken }),
    source: origin.name,
  };
  const usable = credential.identityToken ?? credential.registryToken ?? credential.password;
  return usable === undefined ? undefined : credential;
}
