import { RegistryError } from '../../error.ts';
import { type Attempt, askPatiently } from '../ask-patiently.ts';
import type { CloudResponse } from '../cloud-http.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { jsonOf } from '../json-of.ts';
import { type AzureContext, type AzureOptions, azureContext } from './azure-options.ts';
import type { AzureToken, AzureTokenRequest, AzureTokenSource } from './azure-token.ts';
import { parseTokenAnswer, refusal } from './token-answer.ts';

/** Options of {@link azureManagedIdentity}. */
export interface ManagedIdentityOptions extends AzureOptions {
  /**
   * Which of several identities: a client id, or a resource id (`/subscriptions/…`). Default AZURE_CLIENT_ID, and
   * without that the only identity, or the system-assigned one.
   */
  readonly identity?: string | undefined;
  /** Tenant of the identity, where it is known. */
  readonly tenant?: string | undefined;
}

/** Time for the first sign of life, ms: the service is on the same machine. */
const probeTimeout = 2000;
/** Time for a token, ms: the service may have to get it first. */
const tokenTimeout = 30_000;
/** Wait while the service is being updated, ms, and how often: it says it takes 70 seconds at most. */
const updateWait = 10_000;
const maxUpdateWaits = 7;
const maxRetries = 3;

/** Statuses after which Azure asks for another attempt; 404 and 410 are those of a service that is being updated. */
function mayChange(status: number): boolean {
  return status === 404 || status === 408 || status === 410 || status === 429 || status >= 500;
}

/** The times that Azure asks for: a second, two, four; while the service is updated, ten seconds each. */
function waitOf(context: AzureContext, { number, answer }: Attempt): number | undefined {
  const { status, retryAfter } = answer ?? {};
  if (status === 410) return number > maxUpdateWaits ? undefined : updateWait;
  if (number > maxRetries || (status !== undefined && !mayChange(status))) return undefined;
  if (retryAfter !== undefined && retryAfter > context.retry.maxRetryAfter) return undefined;
  return Math.max(retryAfter ?? 0, 1000 * 2 ** (number - 1));
}

function tokenUrl(context: AzureContext, audience: string, identity: string | undefined): URL {
  const url = new URL('/metadata/identity/oauth2/token?api-version=2018-02-01', context.metadataEndpoint);
  url.searchParams.append('resource', audience);
  const isResource = /\/subscriptions\//i.test(identity ?? '');
  if (identity) url.searchParams.append(isResource ? 'msi_res_id' : 'client_id', identity);
  return url;
}

/**
 * Whether the metadata service is that of Azure. Others live at the same address: that of AWS says 401 or 404, that of
 * Google 403, and proxies of development machines say anything.
 */
function isOfAzure({ status, headers }: CloudResponse): boolean {
  return status === 400 || (status !== 404 && mayChange(status)) || /^IMDS\b/i.test(headers.server ?? '');
}

/** Whether there is such a service at all. It refuses requests without its header at once, which is answer enough. */
async function isThere(context: AzureContext, signal: AbortSignal | undefined): Promise<boolean> {
  const url = new URL('/metadata/identity/oauth2/token?api-version=2018-02-01', context.metadataEndpoint);
  try {
    return isOfAzure(await context.http({ method: 'GET', url, direct: true, timeout: probeTimeout, signal }));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

function hasNoIdentity(status: number, body: string): boolean {
  const { error_description: said } = (jsonOf(body) ?? {}) as { error_description?: unknown };
  return status === 400 && typeof said === 'string' && /identity not found/i.test(said);
}

async function identityToken(
  context: AzureContext,
  request: AzureTokenRequest,
  identity: string | undefined,
): Promise<Omit<AzureToken, 'identity'> | IdentityAbsence> {
  const url = tokenUrl(context, request.audience, identity);
  const answer = await askPatiently(
    context,
    { method: 'GET', url, headers: { metadata: 'true' }, direct: true, timeout: tokenTimeout, signal: request.signal },
    (attempt) => waitOf(context, attempt),
  );
  if (hasNoIdentity(answer.status, answer.body)) {
    return { absent: identity ? 'this machine does not have that identity' : 'this machine has no identity' };
  }
  if (answer.status !== 200) {
    throw refusal(answer, {
      secrets: [],
      retryable: mayChange(answer.status),
      hint: 'check that this machine has the managed identity; where it has several, say which',
    });
  }
  return parseTokenAnswer(answer);
}

/** The managed identity of this machine, by the instance metadata service; never through a proxy. */
export function azureManagedIdentity(options: ManagedIdentityOptions = {}): AzureTokenSource {
  const context = azureContext(options);
  const { tenant } = options;
  const chosen = options.identity ?? (context.env.AZURE_CLIENT_ID || undefined);
  let wasThere = false;
  return {
    name: 'managed identity',
    async get(request) {
      const { host } = new URL(context.metadataEndpoint);
      wasThere ||= await isThere(context, request.signal);
      if (!wasThere) {
        return { absent: `${host} does not answer as Azure does: this machine is elsewhere, or may not ask` };
      }
      const answer = await identityToken(context, request, chosen);
      if ('absent' in answer) return answer;
      return { ...answer, tenant, identity: chosen ? `managed identity ${chosen}` : 'managed identity' };
    },
  };
}
