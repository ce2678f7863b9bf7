import { askPatiently } from '../ask-patiently.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { authorityOf, cloudOfAuthority, parseAuthority } from './azure-cloud.ts';
import type { AzureContext } from './azure-options.ts';
import type { AzureToken, AzureTokenRequest } from './azure-token.ts';
import { parseTokenAnswer, refusal } from './token-answer.ts';

/** An application of Entra ID, and how it proves itself. */
export interface AzureApplication {
  readonly tenant: string;
  readonly clientId: string;
  /** A secret, or a token of another issuer that the application trusts (RFC 7523 §2.2). */
  readonly proof: { readonly secret: string } | { readonly assertion: string };
  /** Whose token it is, for messages. */
  readonly identity: string;
  /** Where the settings are written, for messages: "AZURE_TENANT_ID", a file and its field. */
  readonly tenantSetting: string;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The Entra ID to ask: what AZURE_AUTHORITY_HOST says, or that of the registry's cloud. */
export function chosenAuthority(context: AzureContext, request: AzureTokenRequest): URL | IdentityAbsence {
  const written = context.env.AZURE_AUTHORITY_HOST;
  if (!written) return authorityOf(request.cloud);
  const authority = parseAuthority('AZURE_AUTHORITY_HOST', written);
  const cloud = cloudOfAuthority(authority);
  if (cloud === undefined || cloud === request.cloud) return authority;
  return { absent: `AZURE_AUTHORITY_HOST is that of ${cloud}, and the registry is in ${request.cloud}` };
}

function tokenUrl(authority: URL, application: AzureApplication): URL {
  const { tenant, tenantSetting } = application;
  // A GUID or a domain: anything else would choose another path.
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(tenant) || tenant.includes('..')) {
    throw invalidSetting(tenantSetting, 'it is not a tenant id', 'a tenant id is a GUID, or a domain of the tenant');
  }
  return new URL(`${authority.pathname.replace(/\/+$/, '')}/${tenant}/oauth2/v2.0/token`, authority);
}

/**
 * Gets a token for an application: client credentials flow of the Microsoft identity platform v2.0.
 *
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` where Entra ID refuses, `CREDENTIALS_INVALID` for a tenant that is
 * none, `RESPONSE_INVALID` for an answer that is none, and those of the connection
 */
export async function applicationToken(
  context: AzureContext,
  authority: URL,
  application: AzureApplication,
  request: AzureTokenRequest,
): Promise<AzureToken> {
  const { clientId, proof, tenant, identity } = application;
  const url = tokenUrl(authority, application);
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    scope: `${request.audience}/.default`,
    ...('secret' in proof
      ? { client_secret: proof.secret }
      : { client_assertion_type: assertionType, client_assertion: proof.assertion }),
  });
  const answer = await askPatiently(context, {
    method: 'POST',
    url,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    signal: request.signal,
  });
  if (answer.status !== 200) {
    throw refusal(answer, { secrets: 'secret' in proof ? [proof.secret] : [proof.assertion] });
  }
  return { ...parseTokenAnswer(answer), tenant, identity };
}
