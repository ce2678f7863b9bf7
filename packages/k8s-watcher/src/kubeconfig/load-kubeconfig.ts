import { dirname, resolve } from 'node:path';
import { WatcherError } from '../watcher-error.ts';
import { mergeKubeconfigs } from './merge-kubeconfigs.ts';
import { type Kubeconfig, parseKubeconfig } from './parse-kubeconfig.ts';
import { readCredentialFile } from './read-credential-file.ts';

/** Where the kubeconfig is: exactly one of the first three. */
export interface KubeconfigSource {
  readonly text: string | undefined;
  readonly path: string | undefined;
  /** As in KUBECONFIG, the most important first. */
  readonly paths: readonly string[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the kubeconfig as kubectl finds it. Of several files those that are not there are skipped, while one that cannot
 * be read or understood spoils the whole.
 *
 * @throws WatcherError `OPTIONS_INVALID`; `CREDENTIALS_UNREADABLE` for a file that cannot be read, or when none is there.
 */
export async function loadKubeconfig({ text, path, paths, signal }: KubeconfigSource): Promise<Kubeconfig> {
  if ([text, path, paths].filter((given) => given !== undefined).length !== 1) {
    throw new WatcherError('OPTIONS_INVALID', 'kubeconfig: give either text or path or paths');
  }
  signal?.throwIfAborted();
  if (text !== undefined) return await parseKubeconfig(text, { file: 'kubeconfig', directory: undefined });
  if (path !== undefined) return await readOne(path, signal);
  // A list that was split at its separators may have empty parts.
  const names = [...new Set(paths)].filter((name) => name !== '');
  if (names.length === 0) throw new WatcherError('OPTIONS_INVALID', 'kubeconfig: paths names no file');
  const found: Kubeconfig[] = [];
  for (const name of names) {
    const config = await readOne(name, signal).catch(skipMissing);
    if (config !== undefined) found.push(config);
  }
  if (found.length === 0) {
    throw new WatcherError('CREDENTIALS_UNREADABLE', `kubeconfig: there is no file ${names.join(' or ')}`);
  }
  return mergeKubeconfigs(found);
}

async function readOne(path: string, signal: AbortSignal | undefined): Promise<Kubeconfig> {
  const text = await readCredentialFile(path, signal);
  return await parseKubeconfig(text, { file: `kubeconfig ${path}`, directory: dirname(resolve(path)) });
}

function skipMissing(error: unknown): undefined {
  const isMissing = error instanceof WatcherError && (error.cause as { code?: unknown } | undefined)?.code === 'ENOENT';
  if (!isMissing) throw error;
}
