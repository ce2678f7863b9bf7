import type { z } from 'zod';
import type { RegistryError } from '../../error.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { jsonOf } from '../json-of.ts';

/** A JSON file with credentials. */
export interface CredentialDocument {
  /** How messages call it: its path, and what named it. */
  readonly name: string;
  readonly content: unknown;
}

/** The error for a file that cannot be used. Nothing of its text belongs into the reason. */
export function invalidCredentials(name: string, reason: string): RegistryError {
  return invalidSetting(name, reason, 'have the file made again: a service account key, or what gcloud writes');
}

/**
 * Parses the text of a credentials file.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function credentialDocument(name: string, text: string): CredentialDocument {
  const content = jsonOf(text);
  if (content === undefined) throw invalidCredentials(name, 'it is not valid JSON');
  return { name, content };
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
