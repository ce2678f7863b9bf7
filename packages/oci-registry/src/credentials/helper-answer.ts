import type { Credential } from './credential.ts';
import { helperComplaint, helperFailure } from './helper-failure.ts';
import type { CredentialHelperOutput } from './helper-options.ts';

/** What a helper prints when it works and has nothing. */
const notFound = 'credentials not found in native keychain';

/** The user name that says that the secret is an identity token. */
const tokenUser = '<token>';

/** Keys in any case: docker's own reader does not care, so not all helpers do. */
function parseFields(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
    return new Map(Object.entries(document).map(([key, value]) => [key.toLowerCase(), value ?? '']));
  } catch {
    // The parser's error quotes the text, which may hold the secret; the caller says what is wrong.
    return undefined;
  }
}

/**
 * Understands what a helper printed for `get`, by the protocol of docker-credential-helpers: `{"Username", "Secret"}`,
 * or that there is nothing.
 *
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` with nothing of an answer in it
 */
export function readHelperAnswer(
  program: string,
  server: string,
  { exitCode, stdout, stderr }: CredentialHelperOutput,
): Credential | undefined {
  const said = stdout.trim();
  if (said === notFound) return undefined;
  if (exitCode !== 0) {
    const how = exitCode === null ? 'a signal ended it' : `it failed with exit code ${exitCode}`;
    const complaint = helperComplaint(said === '' ? stderr : said);
    throw helperFailure(program, server, complaint === undefined ? how : `${how}: ${complaint}`);
  }
  const fields = parseFields(said);
  const username = fields?.get('username') ?? '';
  const secret = fields?.get('secret') ?? '';
  if (fields === undefined || typeof username !== 'string' || typeof secret !== 'string') {
    throw helperFailure(program, server, 'its answer is not a JSON object with Username and Secret');
  }
  // Some say so that they have nothing.
  if (secret === '') return undefined;
  if (username === tokenUser) return { identityToken: secret };
  return { ...(username !== '' && { username }), password: secret };
}
