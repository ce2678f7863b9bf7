import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { UsageError } from '../cli/usage-error.ts';

/** Variables by name. */
export type Variables = Readonly<Record<string, string>>;

/** Variables as a shell reads them. */
export function formatVariables(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${/^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}\n`)
    .join('');
}

/**
 * Writes a file of variables that only this user may read. It appears whole or not at all.
 *
 * @throws UsageError where it cannot be written
 */
export async function writeEnvironmentFile(file: string, variables: Variables): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, formatVariables(variables), { flag: 'wx', mode: 0o600 });
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new UsageError(`cannot write ${file}`, 'name a file in a directory that can be written', { cause });
  }
}
