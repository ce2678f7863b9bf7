import { z } from 'zod';
import type { RegistryError } from '../../error.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { readIfThere } from '../read-text-file.ts';
import { authorizedUserToken } from './authorized-user.ts';
import { type CredentialDocument, credentialDocument, fieldsOf } from './credential-document.ts';
import { externalAccountToken } from './external-account.ts';
import { defaultUniverse, type GoogleContext, type GoogleOptions, googleContext } from './google-options.ts';
import type { GoogleToken, GoogleTokenSource } from './google-token.ts';
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
  return invalidSetting(name, reason, `use a file of type ${[...kinds.keys()].join(', ')}`);
}

/**
 * Gets a token with what is in a file; `undefined` where there is no such file.
 *
 * @throws RegistryError what {@link GoogleTokenSource} says
 */
export async function tokenOfFile(
  context: GoogleContext,
  { path, name }: CredentialsPath,
  signal: AbortSignal | undefined,
): Promise<GoogleToken | undefined> {
  const text = await readIfThere(context.readFile, path, signal, name);
  if (text === undefined) return undefined;
  const document = credentialDocument(name, text);
  const { type, universe_domain } = fieldsOf(document, schema);
  const get = kinds.get(type);
  if (get === undefined) throw unsupportedType(name, type);
  // What is trusted follows from the universe, so the file does not get to choose it.
  if ((universe_domain || defaultUniverse) !== context.universeDomain) {
    throw invalidSetting(
      name,
      `"universe_domain" is not ${context.universeDomain}`,
      'say under universeDomain which cloud the credentials are for',
    );
  }
  return get(context, document, signal);
}

/**
 * As {@link tokenOfFile}, for a file that somebody named: it must be there.
 *
 * @throws RegistryError what {@link GoogleTokenSource} says
 */
export async function tokenOfNamedFile(
  context: GoogleContext,
  file: CredentialsPath,
  signal: AbortSignal | undefined,
): Promise<GoogleToken> {
  const token = await tokenOfFile(context, file, signal);
  if (token !== undefined) return token;
  throw invalidSetting(file.name, 'it does not exist', 'check that the file is mounted, or do not name it');
}

/**
 * Tokens for the identity in a file: a service account key, an external account (workload identity federation with a file
 * or URL as source), or the login of a person. The file is read for each token, so one that is replaced is seen. It must
 * be there.
 */
export function googleCredentialsFile(path: string, options: GoogleOptions = {}): GoogleTokenSource {
  const context = googleContext(options);
  return {
    name: 'credentials file',
    get: async ({ signal } = {}) => tokenOfNamedFile(context, { path, name: path }, signal),
  };
}
