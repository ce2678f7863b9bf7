import { FalconError } from '../falcon-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { checkInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import type { ApiCall } from './api-session.ts';
import { type CallSender, InventoryDelivery, type UploadReceipt } from './inventory-delivery.ts';
import { type UploadCompression, UploadEncodings } from './upload-encodings.ts';
import { bothFailed, detailsOf, inventoryPath, isFailureOf } from './upload-failures.ts';
import type { UploadHost, UploadHostName, UploadHosts } from './upload-hosts.ts';

/** What a probe found. */
export interface ProbeResult {
  readonly traceId?: string;
  readonly url: string;
  readonly host: UploadHostName;
  /** Calls per minute the API client may make. */
  readonly rateLimit?: number;
  /** Calls left in this minute. */
  readonly rateLimitRemaining?: number;
  /** Encodings of request bodies that the host says it takes; absent where it says nothing. */
  readonly acceptEncoding?: string;
  /** When it was found: milliseconds since the epoch. */
  readonly at: number;
}

/** Options of `probe`. */
export interface ProbeOptions {
  /** Milliseconds that what an earlier probe found is good for. Default 60 000; 0 asks anew. */
  readonly maxAge?: number;
  readonly signal?: AbortSignal;
}

/** Image inventories: `/image-assessment/entities/image-inventory/v1`. */
export interface InventoryEndpoint {
  /**
   * Delivers an inventory. Scope `falcon-container-cli:write`.
   *
   * Starts at the host that serves best by what was measured; where that one fails, the other gets the inventory. A body
   * is compressed where the host takes it so, and loses optional parts where it is too large; the receipt tells both. At
   * least once: when the connection breaks after the cloud took the body, the same body is sent again.
   *
   * @throws FalconError `PAYLOAD_REJECTED` where the cloud refuses the body; the cloud does not say why, so `problems`
   *   holds what the published schema says of it. Otherwise any code but `CLOUD_UNKNOWN` and `INVENTORY_INVALID`. On
   *   abort `signal.reason` itself.
   */
  upload(request: InventoryScanRequest, options?: { readonly signal?: AbortSignal }): Promise<UploadReceipt>;
  /**
   * Asks, without sending anything, whether the cloud lets the API client in. Scope `falcon-container-cli:read`, which an
   * upload does not need.
   */
  probe(options?: ProbeOptions): Promise<ProbeResult>;
}

/** How inventories are uploaded. */
export interface InventoryUploadOptions {
  /** Whether bodies are compressed. Default `probe`. */
  readonly compression?: UploadCompression;
  /** Bytes of a body, not compressed, above which optional parts are left out. Default 64 MiB. */
  readonly maxBody?: number;
}

/** What the endpoint works with. */
export interface InventoryEndpointParts {
  readonly session: CallSender;
  readonly hosts: UploadHosts;
  /** Milliseconds for one attempt. */
  readonly timeouts: { readonly upload: number; readonly request: number };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly options?: InventoryUploadOptions | undefined;
}

/**
 * The endpoint over a session and its two hosts.
 *
 * @throws FalconError `OPTIONS_INVALID` for a `maxBody` that is no number of bytes.
 */
export function createInventoryEndpoint(parts: InventoryEndpointParts): InventoryEndpoint {
  const { compression = 'probe', maxBody = 64 * 1024 * 1024 } = parts.options ?? {};
  if (!(maxBody > 0)) {
    throw new FalconError('OPTIONS_INVALID', 'inventory.maxBody: not a number of bytes');
  }
  const encodings = new UploadEncodings(compression, parts.now);
  const delivery = new InventoryDelivery({ ...parts, encodings, maxBody });
  let probed: ProbeResult | undefined;
  return {
    async upload(request, { signal } = {}) {
      signal?.throwIfAborted();
      try {
        return await delivery.deliver(request, signal);
      } catch (error) {
        throw explainRejection(error, request);
      }
    },
    async probe({ signal, maxAge = 60_000 } = {}) {
      signal?.throwIfAborted();
      if (probed === undefined || parts.now() - probed.at >= maxAge) {
        probed = undefined;
        probed = await probe(parts, signal);
        encodings.told(probed.host, probed.acceptEncoding);
      }
      return probed;
    },
  };
}

async function probe(
  { session, hosts, timeouts, now }: InventoryEndpointParts,
  signal: AbortSignal | undefined,
): Promise<ProbeResult> {
  const scope = 'falcon-container-cli:read';
  const call: ApiCall = { method: 'HEAD', path: inventoryPath, scope, timeout: timeouts.request };
  const ask = async (host: UploadHost) => probeResult(host, await session.send(call, host.url, signal), now());
  const [first, second] = hosts.order();
  try {
    return await ask(first);
  } catch (error) {
    if (second === undefined || !isFailureOf(first, error)) {
      throw error;
    }
    return await ask(second).catch((other: unknown) => {
      const isSecond = other instanceof FalconError && other.code !== 'CLOSED';
      throw isSecond ? bothFailed(`HEAD ${inventoryPath}`, error, other) : other;
    });
  }
}

/** The cloud gives no reason with a 400; the published schema may know it. */
function explainRejection(error: unknown, request: InventoryScanRequest): unknown {
  if (!(error instanceof FalconError) || error.code !== 'PAYLOAD_REJECTED') {
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

function probeResult({ name }: UploadHost, { request, traceId, header }: Exchange, at: number): ProbeResult {
  return omitUndefined({
    traceId,
    url: request.url,
    host: name,
    rateLimit: readCount(header('x-ratelimit-limit')),
    rateLimitRemaining: readCount(header('x-ratelimit-remaining')),
    acceptEncoding: header('accept-encoding'),
    at,
  });
}

function readCount(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}
