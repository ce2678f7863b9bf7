import { RegistryError } from '../../error.ts';
import { printUrl } from '../../transport/redact.ts';
import type { CloudResponse } from '../cloud-http.ts';
import { type Attempt, askAgain, retryAfterOf } from './ask.ts';
import { type AzureSource, type AzureSourceOptions, azureSource } from './azure-source.ts';
import type { AzureToken, AzureTokenAbsence, AzureTokenProvider, AzureTokenRequest } from './azure-token.ts';
import { jsonOf, parseTokenAnswer, refusal } from './token-answer.ts';

/** Options of {@link azureManagedIdentity}. */
export interface ManagedIdentityOptions extends AzureSourceOptions {
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
/** How long a service that gave no sign of life is taken for absent, ms. */
const absentFor = 60_000;
/** Wait while the service is being updated, ms, and how often: it says it takes 70 seconds at most. */
const updateWait = 10_000;
const maxUpdateWaits = 7;
const maxRetries = 3;

/** Statuses after which Azure asks for another attempt; 404 and 410 are those of a service that is being updated. */
function mayChange(status: number): boolean {
  return status === 404 || status === 408 || status === 410 || status === 429 || status >= 500;
}

/** The times that Azure asks for: a second, two, four; while the service is updated, ten seconds each. */
function waitOf(source: AzureSource, { number, status, retryAfter }: Attempt): number | undefined {
  if (status === 410) return number > maxUpdateWaits ? undefined : updateWait;
  if (number > maxRetries || (status !== undefined && !mayChange(status))) return undefined;
  if (retryAfter !== undefined && retryAfter > source.retry.maxRetryAfter) return undefined;
  return Math.max(retryAfter ?? 0, 1000 * 2 ** (number - 1));
}

function tokenUrl(source: AzureSource, audience: string, identity: string | undefined): URL {
  const url = new URL('/metadata/identity/oauth2/token?api-version=2018-02-01', source.metadataEndpoint);
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
async function isThere(source: AzureSource, signal: AbortSignal | undefined): Promise<boolean> {
  const url = new URL('/metadata/identity/oauth2/token?api-version=2018-02-01', source.metadataEndpoint);
  try {
    return isOfAzure(await source.http({ method: 'GET', url, direct: true, timeout: probeTimeout, signal }));
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
  source: AzureSource,
  request: AzureTokenRequest,
  identity: string | undefined,
): Promise<Omit<AzureToken, 'identity'> | AzureTokenAbsence> {
  const url = tokenUrl(source, request.audience, identity);
  const what = `GET ${printUrl(url)}`;
  const asked = source.now();
  const response = await askAgain(
    source,
    { method: 'GET', url, headers: { metadata: 'true' }, direct: true, timeout: tokenTimeout, signal: request.signal },
    (attempt) => waitOf(source, attempt),
  );
  if (hasNoIdentity(response.status, response.body)) {
    return { absent: identity ? 'this machine does not have that identity' : 'this machine has no identity' };
  }
  if (response.status !== 200) {
    throw refusal(response, {
      what,
      secrets: [],
      retryAfter: retryAfterOf(source, response),
      retryable: mayChange(response.status),
      hint: 'check that this machine has the managed identity; where it has several, say which',
    });
  }
  const answer = parseTokenAnswer(response.body, asked);
  if (answer === undefined) throw new RegistryError('RESPONSE_INVALID', `${what}: the answer has no usable token`);
  return answer;
}

/** The managed identity of this machine, by the instance metadata service; never through a proxy. */
export function azureManagedIdentity(options: ManagedIdentityOptions = {}): AzureTokenProvider {
  const source = azureSource(options);
  const { tenant } = options;
  const chosen = options.identity ?? (source.env.AZURE_CLIENT_ID || undefined);
  let wasThere = false;
  let absentUntil = Number.NEGATIVE_INFINITY;
  return {
    name: 'managed identity',
    async getToken(request) {
      const { host } = new URL(source.metadataEndpoint);
      if (!wasThere && source.now() >= absentUntil) {
        wasThere = await isThere(source, request.signal);
        if (!wasThere) absentUntil = source.now() + absentFor;
      }
      if (!wasThere) {
        return { absent: `${host} does not answer as Azure does: this machine is elsewhere, or may not ask` };
      }
      const answer = await identityToken(source, request, chosen);
      if ('absent' in answer) return answer;
      return { ...answer, tenant, identity: chosen ? `managed identity ${chosen}` : 'managed identity' };
    },
  };
}
