import { z } from 'zod';
import { RegistryError } from '../../error.ts';
import { askPatiently } from '../ask-patiently.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { jsonOf } from '../json-of.ts';
import { readIfThere } from '../read-text-file.ts';
import { type CredentialDocument, invalidCredentials } from './credential-document.ts';
import type { GoogleContext } from './google-options.ts';
import { refusal } from './google-refusal.ts';
import { subjectUrl } from './service-url.ts';

const text = z.string().min(1);

/** `credential_source` of an external account: where the token of the other identity provider is. */
export const credentialSourceSchema: z.ZodType<CredentialSource> = z.looseObject({
  file: text.optional(),
  url: text.optional(),
  headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)).optional(),
  format: z
    .looseObject({ type: z.enum(['text', 'json']).optional(), subject_token_field_name: text.optional() })
    .optional(),
  environment_id: z.unknown().optional(),
  executable: z.unknown().optional(),
  certificate: z.unknown().optional(),
});

/** See {@link credentialSourceSchema}. */
export interface CredentialSource {
  readonly file?: string | undefined;
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly format?:
    | { readonly type?: 'text' | 'json' | undefined; readonly subject_token_field_name?: string | undefined }
    | undefined;
  readonly environment_id?: unknown;
  readonly executable?: unknown;
  readonly certificate?: unknown;
}

/** Sources that are not supported, and what is said of each. */
const unsupported = {
  environment_id: 'AWS as identity provider (environment_id) is not supported',
  executable: 'running a program (executable) is not supported',
  certificate: 'X.509 certificates (certificate) are not supported',
} as const;

interface Found {
  /** How messages call the place. */
  readonly place: string;
  readonly content: string;
}

async function fromFile(
  context: GoogleContext,
  document: CredentialDocument,
  path: string,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const place = `${path} ("credential_source.file" of ${document.name})`;
  const content = await readIfThere(context.readFile, path, signal, place);
  if (content !== undefined) return { place, content };
  throw invalidSetting(place, 'it does not exist', 'check that the token of the identity provider is mounted there');
}

async function fromUrl(
  context: GoogleContext,
  document: CredentialDocument,
  source: CredentialSource & { readonly url: string },
  signal: AbortSignal | undefined,
): Promise<Found> {
  const { url, isOwn } = subjectUrl(context, document, 'credential_source.url', source.url);
  const headers = Object.entries(source.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const answer = await askPatiently(context, {
    method: 'GET',
    url,
    headers: Object.fromEntries(headers),
    direct: isOwn,
    signal,
  });
  if (answer.status === 200) return { place: answer.what, content: answer.body };
  throw refusal(answer, {
    identity: `"credential_source.url" of ${document.name}`,
    secrets: Object.values(source.headers ?? {}),
    hint: 'check that the identity provider gives this machine a token',
  });
}

function fieldOf(found: Found, name: string): unknown {
  const document = jsonOf(found.content);
  const isObject = typeof document === 'object' && document !== null;
  return isObject && Object.hasOwn(document, name) ? Reflect.get(document, name) : undefined;
}

function tokenIn(found: Found, document: CredentialDocument, source: CredentialSource): string {
  const { type = 'text', subject_token_field_name: name } = source.format ?? {};
  if (type === 'json' && name === undefined) {
    throw invalidCredentials(document.name, '"credential_source.format" names no subject_token_field_name');
  }
  const token = name !== undefined && type === 'json' ? fieldOf(found, name) : found.content.trim();
  if (typeof token === 'string' && token !== '') return token;
  throw new RegistryError(
    'CREDENTIALS_UNAVAILABLE',
    `read the token of the identity provider, ${found.place}: none there`,
    {
      hint: 'check the form that "credential_source.format" says it has',
    },
  );
}

/**
 * Gets the token of the other identity provider, which is to be exchanged.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`, `CREDENTIALS_UNAVAILABLE` and those of the connection
 */
export async function subjectToken(
  context: GoogleContext,
  document: CredentialDocument,
  source: CredentialSource,
  signal: AbortSignal | undefined,
): Promise<string> {
  for (const [field, reason] of Object.entries(unsupported)) {
    if (source[field as keyof typeof unsupported] === undefined) continue;
    const hint = 'use a credential_source with a file or url, or a service account key';
    throw invalidSetting(document.name, reason, hint);
  }
  const { file, url } = source;
  if (file !== undefined && url === undefined) {
    return tokenIn(await fromFile(context, document, file, signal), document, source);
  }
  if (url !== undefined && file === undefined) {
    return tokenIn(await fromUrl(context, document, { ...source, url }, signal), document, source);
  }
  throw invalidCredentials(document.name, '"credential_source" must have either a file or a url');
}
