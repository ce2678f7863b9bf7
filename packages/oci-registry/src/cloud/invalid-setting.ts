import { RegistryError } from '../error.ts';

/**
 * The error for a file or variable that cannot be used: `CREDENTIALS_INVALID`.
 *
 * @param name the file, with its field where it is one, or the variable
 * @param reason with nothing of what is written there, as it may be a secret
 * @param hint what to do
 * @param cause only one that quotes nothing: parsers quote the text around the mistake
 */
export function invalidSetting(name: string, reason: string, hint?: string, cause?: unknown): RegistryError {
  return new RegistryError('CREDENTIALS_INVALID', `read credentials, ${name}: ${reason}`, { hint, cause });
}
