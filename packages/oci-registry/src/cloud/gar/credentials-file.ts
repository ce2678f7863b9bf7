import { z } from 'zod';
import type { RegistryError } from '../../error.ts';
import { authorizedUserToken } from './authorized-user.ts';
import {
  type CredentialDocument,
  credentialDocument,
  fieldsOf,
  invalidCredentials,
  readNamedFile,
} from './credential-document.ts';
import { externalAccountToken } from './external-account.ts';
import {
  defaultUniverse,
  type GoogleContext,
  type GoogleCredentialsOptions,
  googleContext,
} from './google-credentials-options.ts';
import type { GoogleToken, GoogleTokenProvider } from './google-token.ts';
import { serviceAccountToken } from './service-account.ts';

const schema = z.looseObject({ type: z.string(), universe_domain: z.string().nullish() });

type GetToken = (
  context: GoogleContext,
  document: CredentialDocument,
  signal: AbortSignal | undefined,
) => Promise<GoogleToken>;

/** By the `type` of the file. */
const kinds: ReadonlyMap<string, GetToken> = new Map([
  ['authorized_user', authorizedUserToken],
  ['external_account', externalAccountToken],
  ['service_account', serviceAccountToken],
]);

/** A file that credentials are in. */
export interface CredentialsPath {
  readonly path: string;
  /** How messages call it. */
  readonly name: string;
}

/** Types that exist, and that nothing here can do anything with. */
const otherTypes = ['external_account_authorized_user', 'gdch_service_account', 'impersonated_service_account'];

function unsupportedType(name: string, type: string): RegistryError {
  // A value is only repeated where it cannot be anything but a type.
  const reason = otherTypes.includes(type)
    ? `credentials of type ${type} are not supported`
    : '"type" is none that Google has';
  return invalidCredentials(name, reason, `use a file of type ${[...kinds.keys()].join(', ')}`);
}

/**
 * Gets a token with what is in a file; `undefined` where there is no such file.
 *
 * @throws RegistryError what {@link GoogleTokenProvider} says
 */
export async function tokenOfFile(
  context: GoogleContext,
  { path, name }: CredentialsPath,
  signal: AbortSignal | undefined,
): Promise<GoogleToken | undefined> {
  const text = await readNamedFile(context, path, name, signal);
  if (text === undefined) return undefined;
  const document = credentialDocument(name, text);
  const { type, universe_domain } = fieldsOf(document, schema);
  const getToken = kinds.get(type);
  if (getToken === undefined) throw unsupportedType(name, type);
  // What is trusted follows from the universe, so the file does not get to choose it.
  if ((universe_domain || defaultUniverse) !== context.universeDomain) {
    throw invalidCredentials(
      name,
      `"universe_domain" is not ${context.universeDomain}`,
      'say under universeDomain which cloud the credentials are for',
    );
  }
  return getToken(context, document, signal);
}

/**
 * As {@link tokenOfFile}, for a file that somebody named: it must be there.
 *
 * @throws RegistryError what {@link GoogleTokenProvider} says
 */
export async function tokenOfNamedFile(
  context: GoogleContext,
  file: CredentialsPath,
  signal: AbortSignal | undefined,
): Promise<GoogleToken> {
  const token = await tokenOfFile(context, file, signal);
  if (token !== undefined) return token;
  throw invalidCredentials(file.name, 'it does not exist', 'check that the file is mounted, or do not name it');
}

/**
 * Tokens for the identity in a file: a service account key, an external account (workload identity federation with a file
 * or URL as source), or the login of a person. The file is read for each token, so one that is replaced is seen. It must
 * be there.
 */
export function googleCredentialsFile(path: string, options: GoogleCredentialsOptions = {}): GoogleTokenProvider {
  const context = googleContext(options);
  return { getToken: async ({ signal } = {}) => tokenOfNamedFile(context, { path, name: path }, signal) };
}
