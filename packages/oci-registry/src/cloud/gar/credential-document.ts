import type { z } from 'zod';
import { RegistryError } from '../../error.ts';
import { isNotFound } from '../../file/read-file.ts';
import type { GoogleContext } from './google-credentials-options.ts';

/** A JSON file with credentials. */
export interface CredentialDocument {
  /** How messages call it: its path, and what named it. */
  readonly name: string;
  readonly content: unknown;
}

const fileHint = 'have the file made again: a service account key, or what gcloud writes';

/** The error for a file that cannot be used. Nothing of its text belongs into the reason. */
export function invalidCredentials(name: string, reason: string, hint: string = fileHint): RegistryError {
  // No cause: parsers quote the text around the mistake, which may be a key.
  return new RegistryError('CREDENTIALS_INVALID', `read Google credentials, ${name}: ${reason}`, { hint });
}

/**
 * Reads a text file; `undefined` where it does not exist.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`, or the reason of the signal
 */
export async function readNamedFile(
  context: GoogleContext,
  path: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  signal?.throwIfAborted();
  try {
    // Editors on Windows put a byte order mark before the text.
    return (await context.readFile(path, { signal })).replace(/^\uFEFF/, '');
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryError) throw error;
    if (isNotFound(error)) return undefined;
    const { code } = error as NodeJS.ErrnoException;
    throw new RegistryError('CREDENTIALS_INVALID', `read Google credentials, ${name}: ${code ?? 'unreadable'}`, {
      hint: 'make the file readable for this process, or do not name it',
      cause: error,
    });
  }
}

/**
 * Parses the text of a credentials file.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function credentialDocument(name: string, text: string): CredentialDocument {
  try {
    return { name, content: JSON.parse(text) };
  } catch {
    throw invalidCredentials(name, 'it is not valid JSON');
  }
}

/**
 * The fields of a credentials file.
 *
 * @throws RegistryError `CREDENTIALS_INVALID` that names the field, never its value
 */
export function fieldsOf<Schema extends z.ZodType>(document: CredentialDocument, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(document.content);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.slice(0, 2).join('.') ?? '';
  const what = field === '' ? 'it is not an object with credentials' : `"${field}" is missing or of the wrong form`;
  throw invalidCredentials(document.name, what);
}
