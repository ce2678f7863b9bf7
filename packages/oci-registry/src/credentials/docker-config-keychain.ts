import { RegistryError } from '../error.ts';
import type { Credential } from './credential.ts';
import { createHelperCalls, type HelperCalls, isHelperName } from './helper-calls.ts';
import type { CredentialHelperOptions } from './helper-options.ts';
import type { Keychain, KeychainResolveOptions } from './keychain.ts';
import { type DockerConfigText, loadDockerConfig } from './load-docker-config.ts';
import { type DockerConfig, type HelperUse, parseDockerConfig, storeServer } from './parse-docker-config.ts';
import { coveringKeys } from './registry-key.ts';

/** Where {@link dockerConfigKeychain} reads from: files, or whatever a function loads. */
export type DockerConfigSource =
  | {
      /**
       * Files, most important first; `dockerConfigPaths` names the usual ones. One that does not exist is passed over,
       * and one that is called `.dockercfg` has that old format.
       */
      readonly paths: readonly string[];
    }
  | {
      /** Loads the texts, most important first. Called at every look-up. */
      readonly load: (options: KeychainResolveOptions) => Promise<readonly DockerConfigText[]>;
    };

/** Options of {@link dockerConfigKeychain}. */
export interface DockerConfigKeychainOptions {
  /** Which credential helpers may be run, and how. Default none. */
  readonly helpers?: CredentialHelperOptions | undefined;
  /**
   * Is told of each host whose secret lies in a helper that may not be run, once for each file: RegistryError
   * `CREDENTIALS_UNAVAILABLE`. The host is then read with what other files have, or anonymously.
   */
  readonly onProblem?: ((error: RegistryError) => void) | undefined;
}

/** Hosts come from images that others name: told once again is better than remembered without end. */
const mostReported = 1000;

async function loadTexts(
  source: DockerConfigSource,
  options: KeychainResolveOptions,
): Promise<readonly DockerConfigText[]> {
  if ('load' in source) return source.load(options);
  const texts = await Promise.all(source.paths.map((path) => loadDockerConfig(path)));
  return texts.filter((text) => text !== undefined);
}

/** Where a file says that the credential of a target lies. */
interface Whereabouts {
  readonly entry: Credential | undefined;
  readonly helper: HelperUse | undefined;
  /** Whether somebody did log in there, as far as the file tells. */
  readonly isKnown: boolean;
}

/** The host's `credHelpers` before a path's own entry, that before `credsStore`, and this before the host's entry. */
function locate({ credentials, emptied, helpers, store }: DockerConfig, keys: readonly string[]): Whereabouts {
  const entryKey = keys.find((key) => credentials.has(key));
  const entry = entryKey === undefined ? undefined : credentials.get(entryKey);
  const helperKey = keys.find((key) => helpers.has(key));
  const named = helperKey === undefined ? undefined : helpers.get(helperKey);
  // A helper without a name turns credsStore off for this host.
  if (named !== undefined) return { entry, helper: named.name === '' ? undefined : named, isKnown: true };
  const host = keys.at(-1) ?? '';
  if (store === undefined || (entryKey !== undefined && entryKey !== host)) {
    return { entry, helper: undefined, isKnown: true };
  }
  const helper = { name: store, servers: [storeServer(host)] };
  return { entry, helper, isKnown: keys.some((key) => emptied.has(key)) };
}

async function ask(calls: HelperCalls, { name, servers }: HelperUse, file: string, signal: AbortSignal | undefined) {
  for (const server of servers) {
    const credential = await calls.get(name, server, signal);
    if (credential !== undefined) return { ...credential, source: `${file}, docker-credential-${name}` };
  }
  return undefined;
}

function unusableHelper(name: string, host: string, file: string): RegistryError {
  const what = isHelperName(name) ? `"${name}", which is not allowed to run` : 'whose name is not acceptable';
  return new RegistryError(
    'CREDENTIALS_UNAVAILABLE',
    `read credentials of ${host}, ${file}: they lie in a credential helper ${what}`,
    { hint: 'allow the helper, or write a login for this host into a file without credsStore and credHelpers' },
  );
}

/**
 * Credentials of docker `config.json`, containers `auth.json` and old `.dockercfg` files.
 *
 * Hosts match exactly after canonicalisation (`https://index.docker.io/v1/` is `docker.io`), path-scoped keys of
 * `auth.json` longest first. Files are read again at each look-up, so a new login is seen without a restart.
 *
 * Credential helpers are run only where `helpers` allows it. Then each file is understood as its own tool does:
 * `credHelpers` for the host (or a path of it), else `credsStore`, decides alone, and a secret that the file itself has
 * for the host is not used. `credsStore` does not touch entries for a path, which docker does not know.
 *
 * Resolving rejects with RegistryError `CREDENTIALS_INVALID` where a file exists but cannot be read or understood, with
 * `CREDENTIALS_UNAVAILABLE` where a helper fails, and with the signal's reason.
 */
export function dockerConfigKeychain(source: DockerConfigSource & DockerConfigKeychainOptions): Keychain {
  const calls = createHelperCalls(source.helpers);
  const reported = new Set<string>();
  const report = (name: string, host: string, file: string): void => {
    const key = `${file}\n${host}`;
    if (reported.has(key)) return;
    if (reported.size >= mostReported) reported.clear();
    reported.add(key);
    source.onProblem?.(unusableHelper(name, host, file));
  };
  return {
    async resolve(target, options = {}) {
      options.signal?.throwIfAborted();
      const keys = coveringKeys(target);
      for (const { name, text, format } of await loadTexts(source, options)) {
        const { entry, helper, isKnown } = locate(parseDockerConfig(name, text, format), keys);
        const mayRun = helper !== undefined && calls.allows(helper.name);
        if (helper !== undefined && !mayRun && entry === undefined && isKnown)
          report(helper.name, target.registry, name);
        const found = mayRun ? await ask(calls, helper, name, options.signal) : entry;
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
