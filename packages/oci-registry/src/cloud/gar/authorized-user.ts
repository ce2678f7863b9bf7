import { z } from 'zod';
import { askPatiently } from '../ask-patiently.ts';
import { type CredentialDocument, fieldsOf } from './credential-document.ts';
import type { GoogleContext } from './google-options.ts';
import { refusal } from './google-refusal.ts';
import type { GoogleToken } from './google-token.ts';
import { serviceUrl } from './service-url.ts';
import { oauthToken } from './token-answer.ts';

const text = z.string().min(1);
const schema = z.looseObject({
  client_id: text,
  client_secret: text,
  refresh_token: text,
  token_uri: text.nullish(),
});

/**
 * Gets a token with the login of a person that `gcloud auth application-default login` wrote down (RFC 6749 §6). No scope
 * is asked for: it is what the person agreed to.
 *
 * @throws RegistryError what {@link GoogleTokenSource} says
 */
export async function authorizedUserToken(
  context: GoogleContext,
  document: CredentialDocument,
  signal: AbortSignal | undefined,
): Promise<GoogleToken> {
  const { client_id, client_secret, refresh_token, token_uri } = fieldsOf(document, schema);
  const tokenUri = token_uri ?? `https://oauth2.${context.universeDomain}/token`;
  const form = new URLSearchParams({ grant_type: 'refresh_token', client_id, client_secret, refresh_token });
  const answer = await askPatiently(context, {
    method: 'POST',
    url: serviceUrl(context, document, 'token_uri', tokenUri, 'oauth2'),
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal,
  });
  const identity = `login in ${document.name}`;
  if (answer.status === 200) return oauthToken(answer, identity);
  throw refusal(answer, {
    identity,
    secrets: [client_secret, refresh_token],
    hint: 'the login has ended or was revoked; run gcloud auth application-default login',
  });
}
