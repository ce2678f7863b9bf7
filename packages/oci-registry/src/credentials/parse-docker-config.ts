import { z } from 'zod';
import type { Credential } from './credential.ts';
import {
  type DockerConfigFormat,
  dockerConfigCredential,
  dockerConfigEntries,
  invalidDockerConfig,
  parseDockerConfigJson,
} from './docker-config.ts';
import { canonicalRegistryKey } from './registry-key.ts';

/** That a credential lies in a helper, and what to ask it. */
export interface HelperUse {
  /** As the configuration has it, without `docker-credential-`. Empty where the configuration itself is meant. */
  readonly name: string;
  /** Addresses to ask for, one after the other until there is a credential. */
  readonly servers: readonly string[];
}

/** What a docker `config.json`, containers `auth.json` or `.dockercfg` says about credentials. */
export interface DockerConfig {
  /** Credentials that it holds, by canonical key. */
  readonly credentials: ReadonlyMap<string, Credential>;
  /** Canonical keys of entries without a secret: docker leaves one where a login went to a helper. */
  readonly emptied: ReadonlySet<string>;
  /** `credHelpers`, by canonical key. */
  readonly helpers: ReadonlyMap<string, HelperUse>;
  /** `credsStore`: the helper for every host that `credHelpers` does not name. */
  readonly store: string | undefined;
}

/** The address under which docker's helpers keep the login to Docker Hub. */
const hubServer = 'https://index.docker.io/v1/';

const helpersSchema = z.looseObject({
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
});

/** What `credsStore` is asked for: docker names the host alone, and Docker Hub by its old address. */
export function storeServer(host: string): string {
  return host === 'docker.io' ? hubServer : host;
}

function readEntries(origin: { readonly name: string }, document: unknown, format: DockerConfigFormat) {
  const credentials = new Map<string, Credential>();
  const emptied = new Set<string>();
  for (const [key, entry] of dockerConfigEntries(origin, document, format)) {
    const canonical = canonicalRegistryKey(key);
    // A key that names no host (a pattern of another tool) matches nothing here.
    if (canonical === undefined || credentials.has(canonical)) continue;
    const credential = dockerConfigCredential(origin, canonical, entry);
    if (credential === undefined) emptied.add(canonical);
    else credentials.set(canonical, credential);
  }
  return { credentials, emptied };
}

function readHelpers(origin: { readonly name: string }, document: unknown): Pick<DockerConfig, 'helpers' | 'store'> {
  const parsed = helpersSchema.safeParse(document);
  if (!parsed.success) {
    const what = String(parsed.error.issues[0]?.path[0] ?? 'it');
    throw invalidDockerConfig(origin, `"${what}" does not have the form of a docker config`);
  }
  const helpers = new Map<string, HelperUse>();
  for (const [key, name] of Object.entries(parsed.data.credHelpers ?? {})) {
    const canonical = canonicalRegistryKey(key);
    if (canonical === undefined || helpers.has(canonical)) continue;
    // Docker knows Docker Hub only by its old address; under this name it is podman that stores logins.
    const servers = key === 'docker.io' ? [hubServer, key] : [storeServer(canonical)];
    helpers.set(canonical, { name, servers });
  }
  return { helpers, store: parsed.data.credsStore || undefined };
}

/**
 * Reads a configuration. Where two spellings of one host both hold a credential, the first in the file wins. A file that
 * is empty says nothing, as for docker.
 *
 * @param name how the file is called in error messages and as {@link Credential.source}
 * @throws RegistryError `CREDENTIALS_INVALID` naming the file, never its content.
 */
export function parseDockerConfig(
  name: string,
  content: string,
  format: DockerConfigFormat = 'config.json',
): DockerConfig {
  const origin = { name };
  const document = content.trim() === '' ? {} : parseDockerConfigJson(origin, content);
  const entries = readEntries(origin, document, format);
  // In a .dockercfg these words would be names of hosts.
  const helpers = readHelpers(origin, format === 'config.json' ? document : {});
  return { ...entries, ...helpers };
}
