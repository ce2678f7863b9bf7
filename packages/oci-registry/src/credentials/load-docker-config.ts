import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { RegistryError } from '../error.ts';
import { isNotFound } from '../file/read-file.ts';

import { type DockerConfigFormat, invalidDockerConfig } from './docker-config.ts';

/** One configuration's text and its name in messages. */
export interface DockerConfigText {
  /** How messages call it: a path, "secret ns/name". */
  readonly name: string;
  /** The JSON text. */
  readonly text: string;
  /** Default `config.json`, which is also the form of a containers `auth.json`. */
  readonly format?: DockerConfigFormat | undefined;
}

/** Largest file read, in bytes; Kubernetes keeps Secrets below 1 MiB. */
const maxFileBytes = 1024 * 1024;

async function readText(path: string): Promise<string> {
  // Without waiting for somebody to write into a pipe.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stat = await file.stat();
  // The null device says that there are no credentials.
  if (!stat.isFile() && !stat.isCharacterDevice()) throw invalidDockerConfig({ name: path }, 'it is not a file');
  if (stat.size > maxFileBytes) {
    throw invalidDockerConfig({ name: path }, `larger than ${maxFileBytes} bytes`);
  }
  const buffer = Buffer.alloc(stat.size);
  const { bytesRead } = await file.read(buffer, 0, stat.size, 0);
  return buffer.toString('utf8', 0, bytesRead);
}

/**
 * Reads a file of credentials; `undefined` where there is none. One that is called `.dockercfg` has that format.
 *
 * Rejects with RegistryError `CREDENTIALS_INVALID` where it cannot be read, or is larger than 1 MiB.
 */
export async function loadDockerConfig(path: string): Promise<DockerConfigText | undefined> {
  const format = basename(path) === '.dockercfg' ? '.dockercfg' : 'config.json';
  try {
    return { name: path, text: await readText(path), format };
  } catch (error) {
    if (error instanceof RegistryError) throw error;
    if (isNotFound(error)) return undefined;
    const code = (error as NodeJS.ErrnoException).code;
    throw new RegistryError('CREDENTIALS_INVALID', `read credentials, ${path}: ${code ?? 'unreadable'}`, {
      hint: 'make the file readable for this process, or do not name it',
      cause: error,
    });
  }
}
