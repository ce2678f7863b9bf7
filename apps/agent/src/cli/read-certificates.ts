import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/**
 * The certificates that `--ca-cert` names, as PEM.
 *
 * @throws UsageError for a file that cannot be read
 */
export async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read the certificates in ${file}`, 'give --ca-cert a readable PEM file', { cause });
  }
}
