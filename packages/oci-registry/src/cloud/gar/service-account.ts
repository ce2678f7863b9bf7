import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { askPatiently } from '../ask-patiently.ts';
import { type CredentialDocument, fieldsOf, invalidCredentials } from './credential-document.ts';
import type { GoogleContext } from './google-options.ts';
import { refusal } from './google-refusal.ts';
import type { GoogleToken } from './google-token.ts';
import { assertionUrl } from './service-url.ts';
import { oauthToken } from './token-answer.ts';

const text = z.string().min(1);
const schema = z.looseObject({
  client_email: text,
  private_key: text,
  private_key_id: text.nullish(),
  token_uri: text.nullish(),
});

/** Life of an assertion in seconds, the longest that is accepted. */
const assertionLifetime = 3600;
/** An assertion is dated back by this many seconds, for clocks that are a little ahead. */
const backdate = 10;

function rsaKey(document: CredentialDocument, pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // No cause: it tells of the key.
  }
  if (key?.asymmetricKeyType !== 'rsa') {
    throw invalidCredentials(document.name, '"private_key" is not an RSA key in PEM form');
  }
  return key;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** JWT of RFC 7523 §3, signed with RS256 (RFC 7518 §3.3). */
function signedAssertion(key: KeyObject, keyId: string | undefined, claims: unknown): string {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) };
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

/**
 * Gets a token with the key of a service account: a signed assertion is exchanged for it (RFC 7523 §2.1).
 *
 * @throws RegistryError what {@link GoogleTokenSource} says
 */
export async function serviceAccountToken(
  context: GoogleContext,
  document: CredentialDocument,
  signal: AbortSignal | undefined,
): Promise<GoogleToken> {
  const fields = fieldsOf(document, schema);
  const tokenUri = fields.token_uri ?? `https://oauth2.${context.universeDomain}/token`;
  const url = assertionUrl(document, 'token_uri', tokenUri);
  const key = rsaKey(document, fields.private_key);
  const iat = Math.floor(context.now() / 1000) - backdate;
  const claims = { iss: fields.client_email, scope: context.scope, aud: tokenUri, iat, exp: iat + assertionLifetime };
  const assertion = signedAssertion(key, fields.private_key_id ?? undefined, claims);
  const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
  const answer = await askPatiently(context, {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal,
  });
  const identity = `service account key ${document.name}`;
  if (answer.status === 200) return oauthToken(answer, identity);
  throw refusal(answer, {
    identity,
    secrets: [assertion],
    hint: 'check that the key still exists and the account is enabled, and the clock of this machine',
  });
}
