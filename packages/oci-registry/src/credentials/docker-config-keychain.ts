import { open } from 'node:fs/promises';
import { RegistryError } from '../error.ts';
import { parseDockerConfig } from './docker-config.ts';
import type { Keychain, KeychainResolveOptions } from './keychain.ts';
import { coveringKeys } from './registry-key.ts';

/** One configuration file's text and its name in messages. */
export interface DockerConfigText {
  /** How messages call it: a path, "secret ns/name". */
  readonly name: string;
  /** The JSON text. */
  readonly text: string;
}

/** Where {@link dockerConfigKeychain} reads from: files, or whatever a function loads. */
export type DockerConfigSource =
  | {
      /** Files, most important first. One that does not exist is passed over. */
      readonly paths: readonly string[];
    }
  | {
      /** Loads the texts, most important first. Called at every look-up. */
      readonly load: (options: KeychainResolveOptions) => Promise<readonly DockerConfigText[]>;
    };

/** Largest file read, in bytes; Kubernetes keeps Secrets below 1 MiB. */
const maxFileBytes = 1024 * 1024;

async function readConfig(path: string): Promise<DockerConfigText | undefined> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > maxFileBytes) {
      throw new RegistryError('CREDENTIALS_INVALID', `read credentials, ${path}: larger than ${maxFileBytes} bytes`);
    }
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return { name: path, text: buffer.toString('utf8', 0, bytesRead) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (error instanceof RegistryError) throw error;
    throw new RegistryError('CREDENTIALS_INVALID', `read credentials, ${path}: ${code ?? 'unreadable'}`, {
      hint: 'make the file readable for this process, or do not name it',
      cause: error,
    });
  }
}

async function loadTexts(
  source: DockerConfigSource,
  options: KeychainResolveOptions,
): Promise<readonly DockerConfigText[]> {
  if ('load' in source) return source.load(options);
  const texts = await Promise.all(source.paths.map((path) => readConfig(path)));
  return texts.filter((text) => text !== undefined);
}

/**
 * Credentials of docker `config.json` and containers `auth.json` files.
 *
 * Hosts match exactly after canonicalisation (`https://index.docker.io/v1/` is `docker.io`), path-scoped keys of
 * `auth.json` longest first. Files are read again at each look-up, so a new login is seen without a restart.
 * `credHelpers` and `credsStore` are not executed: a host whose secret lies in a helper is read anonymously.
 *
 * Resolving rejects with RegistryError `CREDENTIALS_INVALID` where a file exists but cannot be read or understood.
 */
export function dockerConfigKeychain(source: DockerConfigSource): Keychain {
  return {
    async resolve(target, options = {}) {
      options.signal?.throwIfAborted();
      const keys = coveringKeys(target);
      for (const { name, text } of await loadTexts(source, options)) {
        const credentials = parseDockerConfig(name, text);
        const key = keys.find((candidate) => credentials.has(candidate));
        if (key !== undefined) return credentials.get(key);
      }
      return undefined;
    },
  };
}
