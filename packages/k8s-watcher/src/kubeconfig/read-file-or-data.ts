import { readCredentialFile } from './read-credential-file.ts';
import type { Stanza } from './stanza.ts';

/**
 * PEM of a field that names a file, or has the content under `<name>-data`. Both at once is an error, as to kubectl.
 */
export async function readFileOrData(
  stanza: Stanza,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const path = stanza.path(name);
  const data = stanza.base64(`${name}-data`);
  if (path !== undefined && data !== undefined) throw stanza.problem(name, `and ${name}-data are both set`);
  return path === undefined ? data : await readCredentialFile(path, signal);
}
