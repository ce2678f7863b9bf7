import { z } from 'zod';
import { basicAuthorization } from '../../transport/token.ts';
import { askPatiently } from '../ask-patiently.ts';
import { type CredentialDocument, fieldsOf } from './credential-document.ts';
import type { GoogleContext } from './google-options.ts';
import { refusal } from './google-refusal.ts';
import type { GoogleToken } from './google-token.ts';
import { serviceUrl } from './service-url.ts';
import { credentialSourceSchema, subjectToken } from './subject-token.ts';
import { iamToken, oauthToken } from './token-answer.ts';

const text = z.string().min(1);
const schema = z.looseObject({
  audience: text,
  subject_token_type: text,
  token_url: text.nullish(),
  credential_source: credentialSourceSchema,
  service_account_impersonation_url: text.nullish(),
  service_account_impersonation: z
    .looseObject({ token_lifetime_seconds: z.number().int().min(600).max(43_200).nullish() })
    .nullish(),
  client_id: text.nullish(),
  client_secret: z.string().nullish(),
  workforce_pool_user_project: text.nullish(),
});

type Fields = z.output<typeof schema>;

/** What generateAccessToken of IAM wants to see before it gives a token of a service account. */
const impersonationScope = 'https://www.googleapis.com/auth/cloud-platform';
/** Life of the token of a service account where the file says nothing, in seconds. */
const defaultLifetime = 3600;

/** The form of RFC 8693 §2.1. */
function exchangeForm(fields: Fields, token: string, scope: string): URLSearchParams {
  const { client_id, workforce_pool_user_project: project } = fields;
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: fields.audience,
    scope,
    subject_token: token,
    subject_token_type: fields.subject_token_type,
    // A client that says who it is has a project already.
    ...(project && !client_id && { options: JSON.stringify({ userProject: project }) }),
  });
}

async function exchange(
  context: GoogleContext,
  document: CredentialDocument,
  fields: Fields,
  request: { readonly url: URL; readonly scope: string; readonly signal: AbortSignal | undefined },
): Promise<GoogleToken> {
  const { client_id, client_secret } = fields;
  const token = await subjectToken(context, document, fields.credential_source, request.signal);
  const answer = await askPatiently(context, {
    method: 'POST',
    url: request.url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(client_id && { authorization: basicAuthorization(client_id, client_secret ?? '') }),
    },
    body: exchangeForm(fields, token, request.scope).toString(),
    signal: request.signal,
  });
  const identity = `external account ${document.name}`;
  if (answer.status === 200) return oauthToken(answer, identity);
  throw refusal(answer, {
    identity,
    secrets: [token, client_secret ?? ''],
    hint: 'check that the pool and provider in "audience" exist and take tokens of this issuer and audience',
  });
}

async function impersonate(
  context: GoogleContext,
  document: CredentialDocument,
  federated: GoogleToken,
  request: { readonly url: URL; readonly lifetime: number; readonly signal: AbortSignal | undefined },
): Promise<GoogleToken> {
  const answer = await askPatiently(context, {
    method: 'POST',
    url: request.url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: `Bearer ${federated.token}`,
    },
    body: JSON.stringify({ scope: [context.scope], lifetime: `${request.lifetime}s` }),
    signal: request.signal,
  });
  const identity = `external account ${document.name}`;
  if (answer.status === 200) return iamToken(answer, identity);
  throw refusal(answer, {
    identity,
    secrets: [federated.token],
    hint: 'check that the external identity has roles/iam.workloadIdentityUser on the service account',
  });
}

/**
 * Gets a token for an identity of another provider (workload identity federation): its token is exchanged (RFC 8693), and
 * the result, where the file says so, used to get one of a service account.
 *
 * @throws RegistryError what {@link GoogleTokenSource} says
 */
export async function externalAccountToken(
  context: GoogleContext,
  document: CredentialDocument,
  signal: AbortSignal | undefined,
): Promise<GoogleToken> {
  const fields = fieldsOf(document, schema);
  const { service_account_impersonation_url: accountUrl } = fields;
  // Both are checked before anything is sent.
  const tokenUrl = fields.token_url ?? `https://sts.${context.universeDomain}/v1/token`;
  const url = serviceUrl(context, document, 'token_url', tokenUrl, 'sts');
  if (!accountUrl) return exchange(context, document, fields, { url, scope: context.scope, signal });
  const account = serviceUrl(context, document, 'service_account_impersonation_url', accountUrl, 'iamcredentials');
  const federated = await exchange(context, document, fields, { url, scope: impersonationScope, signal });
  const lifetime = fields.service_account_impersonation?.token_lifetime_seconds ?? defaultLifetime;
  return impersonate(context, document, federated, { url: account, lifetime, signal });
}
