import { FalconError, type FalconErrorDetails } from '../falcon-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { checkInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import type { ApiCall, ApiSession } from './api-session.ts';
import type { UploadHosts } from './upload-hosts.ts';

/** What the cloud said of an accepted inventory. */
export interface UploadReceipt {
  /** `X-Cs-Traceid`, for the vendor's support. */
  readonly traceId?: string;
  /** Where it was accepted. */
  readonly url: string;
  /** `upload`: the container upload host. `api`: the API host, because the other failed. */
  readonly host: 'upload' | 'api';
  /** Bytes of the body. */
  readonly bytes: number;
}

/** What a probe found. */
export interface ProbeResult {
  readonly traceId?: string;
  readonly url: string;
  readonly host: 'upload' | 'api';
  /** Calls per minute the API client may make. */
  readonly rateLimit?: number;
  /** Calls left in this minute. */
  readonly rateLimitRemaining?: number;
}

/** Image inventories: `/image-assessment/entities/image-inventory/v1`. */
export interface InventoryEndpoint {
  /**
   * Delivers an inventory. Scope `falcon-container-cli:write`.
   *
   * Starts at the upload host. Where that cannot be reached, does not serve the path or keeps failing, the API host gets
   * the inventory, and stays first choice for a while. At least once: when the connection breaks after the cloud took
   * the body, it is sent again.
   *
   * @throws FalconError `REQUEST_REJECTED` where the cloud refuses the body; the cloud does not say why, so `problems`
   *   holds what the published schema says of it. Otherwise any code but `CLOUD_UNKNOWN` and `INVENTORY_INVALID`. On
   *   abort `signal.reason` itself.
   */
  upload(request: InventoryScanRequest, options?: { readonly signal?: AbortSignal }): Promise<UploadReceipt>;
  /** Asks, without sending anything, whether an upload would be let in. Scope `falcon-container-cli:read`. */
  probe(options?: { readonly signal?: AbortSignal }): Promise<ProbeResult>;
}

const path = '/image-assessment/entities/image-inventory/v1';

/** The errors that say more of the host than of the call. */
const hostFailures: ReadonlySet<FalconError['code']> = new Set(['NETWORK', 'TIMEOUT', 'SERVER_ERROR', 'NOT_FOUND']);

/** Milliseconds for one attempt. */
export interface InventoryTimeouts {
  readonly upload: number;
  readonly request: number;
}

/** The endpoint over a session and its two hosts. */
export function createInventoryEndpoint(
  session: ApiSession,
  hosts: UploadHosts,
  timeouts: InventoryTimeouts,
): InventoryEndpoint {
  return {
    async upload(request, { signal } = {}) {
      signal?.throwIfAborted();
      const body = Buffer.from(JSON.stringify(request), 'utf8');
      const scope = 'falcon-container-cli:write';
      const call: ApiCall = { method: 'POST', path, body, scope, timeout: timeouts.upload };
      try {
        const sent = await sendToEither(session, hosts, call, signal);
        return { ...receipt(sent.answer), host: sent.host, bytes: body.length };
      } catch (error) {
        throw explainRejection(error, request);
      }
    },
    async probe({ signal } = {}) {
      signal?.throwIfAborted();
      const call: ApiCall = { method: 'HEAD', path, scope: 'falcon-container-cli:read', timeout: timeouts.request };
      const { answer, host } = await sendToEither(session, hosts, call, signal);
      return { ...receipt(answer), host, ...rateLimits(answer) };
    },
  };
}

async function sendToEither(
  session: ApiSession,
  hosts: UploadHosts,
  call: ApiCall,
  signal: AbortSignal | undefined,
): Promise<{ readonly answer: Exchange; readonly host: 'upload' | 'api' }> {
  const [first, second] = hosts.order();
  try {
    return { answer: await session.send(call, first.url, signal), host: first.name };
  } catch (error) {
    // A token request goes to the API host whichever host the inventory goes to: its failure is no reason to switch.
    if (second === undefined || !isHostFailure(error) || error.url !== `${first.url()}${call.path}`) {
      throw error;
    }
    const answer = await sendToSecond(session, call, second.url, error, signal);
    hosts.prefer(second.name);
    return { answer, host: second.name };
  }
}

async function sendToSecond(
  session: ApiSession,
  call: ApiCall,
  url: () => string,
  first: FalconError,
  signal: AbortSignal | undefined,
): Promise<Exchange> {
  try {
    return await session.send(call, url, signal);
  } catch (error) {
    if (!(error instanceof FalconError) || error.code === 'CLOSED') {
      throw error;
    }
    throw new FalconError(
      error.code,
      `${call.method} ${call.path}: neither host took it: ${first.message}; ${error.message}`,
      {
        ...detailsOf(error),
        cause: new AggregateError([first, error], 'both hosts failed'),
      },
    );
  }
}

function isHostFailure(error: unknown): error is FalconError {
  return error instanceof FalconError && hostFailures.has(error.code);
}

/** The cloud gives no reason with a 400; the published schema may know it. */
function explainRejection(error: unknown, request: InventoryScanRequest): unknown {
  if (!(error instanceof FalconError) || error.code !== 'REQUEST_REJECTED') {
    return error;
  }
  const check = checkInventoryScanRequest(request);
  if (check.valid) {
    return error;
  }
  return new FalconError(error.code, `${withoutCode(error)}; by the published schema, ${check.problems[0]}`, {
    ...detailsOf(error),
    problems: check.problems,
    cause: error,
  });
}

function withoutCode(error: FalconError): string {
  return error.message.slice(`[${error.code}] `.length);
}

function detailsOf({ hint, retryAfter, url, status, traceId }: FalconError): FalconErrorDetails {
  return omitUndefined({ hint, retryAfter, url, status, traceId });
}

function receipt({ request, traceId }: Exchange): { readonly url: string; readonly traceId?: string } {
  return omitUndefined({ url: request.url, traceId });
}

function rateLimits({ header }: Exchange): Pick<ProbeResult, 'rateLimit' | 'rateLimitRemaining'> {
  return omitUndefined({
    rateLimit: readCount(header('x-ratelimit-limit')),
    rateLimitRemaining: readCount(header('x-ratelimit-remaining')),
  });
}

function readCount(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
