import { FalconError, type FalconErrorCode } from '../falcon-error.ts';
import type { Exchange } from '../http/exchange.ts';
import { type FittedBody, fitBody, type ShedPart } from '../inventory/shed-optional-parts.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import type { ApiCall } from './api-session.ts';
import { compress, leastBytes, type UploadEncoding, type UploadEncodings } from './upload-encodings.ts';
import { bothFailed, inventoryPath, isEncodingDoubtful, isFailureOf, isGone } from './upload-failures.ts';
import type { UploadHost, UploadHostName, UploadHosts, UploadPlan } from './upload-hosts.ts';

/** What the cloud said of an accepted inventory. */
export interface UploadReceipt {
  /** `X-Cs-Traceid`, for the vendor's support. */
  readonly traceId?: string;
  /** Where it was accepted. */
  readonly url: string;
  /** `upload`: the container upload host. `api`: the API host. */
  readonly host: UploadHostName;
  /** Bytes of the body, not compressed. */
  readonly bytes: number;
  /** Bytes of the body as sent. */
  readonly sentBytes: number;
  readonly encoding: UploadEncoding;
  /** Optional parts left out because the body was too large, in that order; empty where nothing is missing. */
  readonly shed: readonly ShedPart[];
  /** Why the host that was asked first did not take it; absent where it did. */
  readonly failover?: { readonly host: UploadHostName; readonly code: FalconErrorCode };
}

/** Makes calls; an `ApiSession`. */
export interface CallSender {
  /** Makes a call on one host and gives its successful answer. */
  send(call: ApiCall, host: () => string, signal: AbortSignal | undefined): Promise<Exchange>;
}

/** What a delivery works with. */
export interface InventoryDeliveryParts {
  readonly session: CallSender;
  readonly hosts: UploadHosts;
  readonly encodings: UploadEncodings;
  /** Bytes of a body, not compressed, above which optional parts are left out. */
  readonly maxBody: number;
  /** Milliseconds for one attempt. */
  readonly timeouts: { readonly upload: number; readonly request: number };
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The errors of a HEAD that a POST would meet, too. A FORBIDDEN is none: the two need different scopes. */
const earlyErrors: ReadonlySet<FalconErrorCode> = new Set([
  'UNAUTHENTICATED',
  'CREDENTIALS_REJECTED',
  'IP_NOT_ALLOWED',
  'CLOSED',
]);

/** Milliseconds after its last answer in which a host is not silent. */
const answerLasts = 5 * 60_000;

/** Milliseconds that a limit counts which a host's 413 has taught. */
const lessonLasts = 60 * 60_000;

/** Brings inventories to whichever host takes them, as whole as it takes them. */
export class InventoryDelivery {
  readonly #parts: InventoryDeliveryParts;
  readonly #answeredAt = new Map<UploadHostName, number>();
  readonly #lessons = new Map<UploadHostName, { readonly limit: number; readonly at: number }>();

  constructor(parts: InventoryDeliveryParts) {
    this.#parts = parts;
  }

  /** Delivers one inventory. Every attempt, on whichever host, sends the same document unless a 413 makes it smaller. */
  async deliver(request: InventoryScanRequest, signal: AbortSignal | undefined): Promise<UploadReceipt> {
    const { first, attempts, second, isTrial } = this.#parts.hosts.plan();
    try {
      return await this.#deliverTo(first, { attempts, isTrial }, request, signal);
    } catch (error) {
      if (second === undefined || !isFailureOf(first, error)) {
        throw error;
      }
      const receipt = await this.#deliverToSecond(second, request, error, signal);
      return { ...receipt, failover: { host: first.name, code: error.code } };
    }
  }

  async #deliverToSecond(
    host: UploadHost,
    request: InventoryScanRequest,
    first: FalconError,
    signal: AbortSignal | undefined,
  ): Promise<UploadReceipt> {
    try {
      return await this.#deliverTo(host, { attempts: Number.POSITIVE_INFINITY, isTrial: false }, request, signal);
    } catch (error) {
      if (!(error instanceof FalconError) || error.code === 'CLOSED') {
        throw error;
      }
      throw bothFailed(`POST ${inventoryPath}`, first, error);
    }
  }

  /** Sends to one host, smaller and smaller while it says that the body is too large. */
  async #deliverTo(
    host: UploadHost,
    { attempts, isTrial }: Pick<UploadPlan, 'attempts' | 'isTrial'>,
    request: InventoryScanRequest,
    signal: AbortSignal | undefined,
  ): Promise<UploadReceipt> {
    let parcel = fitBody(request, this.#limitOf(host));
    await this.#preflight(host, isTrial, parcel.body.length, signal);
    for (;;) {
      try {
        return await this.#deliverParcel(host, attempts, parcel, signal);
      } catch (error) {
        if (!(error instanceof FalconError) || error.status !== 413) {
          throw error;
        }
        const limit = Math.floor(parcel.body.length / 2);
        const smaller = fitBody(request, limit);
        if (smaller.body.length === parcel.body.length) {
          throw error;
        }
        this.#lessons.set(host.name, { limit, at: this.#parts.now() });
        parcel = smaller;
      }
    }
  }

  #limitOf({ name }: UploadHost): number {
    const lesson = this.#lessons.get(name);
    const isFresh = lesson !== undefined && this.#parts.now() - lesson.at < lessonLasts;
    return isFresh ? Math.min(lesson.limit, this.#parts.maxBody) : this.#parts.maxBody;
  }

  /** Sends a body compressed where that is or may be welcome, and as it is where that is refused. */
  async #deliverParcel(
    host: UploadHost,
    attempts: number,
    { body, shed }: FittedBody,
    signal: AbortSignal | undefined,
  ): Promise<UploadReceipt> {
    const { encodings } = this.#parts;
    const receiptOf = (answer: Exchange, sentBytes: number, encoding: UploadEncoding): UploadReceipt => {
      const { traceId } = answer;
      const { url } = answer.request;
      return { ...omitUndefined({ traceId }), url, host: host.name, bytes: body.length, sentBytes, encoding, shed };
    };
    const choice = encodings.choose(host.name, body.length);
    let refusal: FalconError | undefined;
    if (choice !== 'identity') {
      const packed = await compress(body);
      const isUnproven = choice === 'gzip-unproven';
      try {
        const answer = await this.#post(host, { body: packed, encoding: 'gzip', attempts, isUnproven }, signal);
        encodings.accepted(host.name);
        return receiptOf(answer, packed.length, 'gzip');
      } catch (error) {
        if (!isEncodingDoubtful(error, isUnproven)) {
          throw error;
        }
        refusal = error;
      }
    }
    const answer = await this.#post(host, { body, encoding: 'identity', attempts, isUnproven: false }, signal);
    if (refusal !== undefined && refusal.code !== 'NETWORK') {
      encodings.refused(host.name);
    }
    return receiptOf(answer, body.length, 'identity');
  }

  /** Posts a body to one host and tells the hosts how it went. A compressed one that may not be welcome has one attempt. */
  async #post(
    host: UploadHost,
    {
      body,
      encoding,
      attempts,
      isUnproven,
    }: {
      readonly body: Buffer;
      readonly encoding: UploadEncoding;
      readonly attempts: number;
      readonly isUnproven: boolean;
    },
    signal: AbortSignal | undefined,
  ): Promise<Exchange> {
    const { session, hosts, timeouts, now } = this.#parts;
    const call: ApiCall = {
      method: 'POST',
      path: inventoryPath,
      body,
      headers: encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {},
      attempts: isUnproven ? 1 : attempts,
      scope: 'falcon-container-cli:write',
      timeout: timeouts.upload,
    };
    let [begun, asked] = [now(), 0];
    const url = () => {
      [begun, asked] = [now(), asked + 1];
      return host.url();
    };
    try {
      const answer = await session.send(call, url, signal);
      this.#answeredAt.set(host.name, now());
      hosts.took(host.name, now() - begun, body.length);
      return answer;
    } catch (error) {
      if (isFailureOf(host, error) && !(isUnproven && isEncodingDoubtful(error, isUnproven))) {
        hosts.failed(host.name, asked, isGone(error));
      }
      throw error;
    }
  }

  /**
   * Asks a host with a HEAD where a trial or the first body for long would be a dear way to learn that it lets nobody in,
   * is gone or takes no compressed bodies.
   */
  async #preflight(host: UploadHost, isTrial: boolean, bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { session, hosts, encodings, timeouts, now } = this.#parts;
    const isSilent = now() - (this.#answeredAt.get(host.name) ?? Number.NEGATIVE_INFINITY) >= answerLasts;
    if (!isTrial && !(isSilent && bytes >= leastBytes)) {
      return;
    }
    const scope = 'falcon-container-cli:read';
    const call: ApiCall = { method: 'HEAD', path: inventoryPath, attempts: 1, scope, timeout: timeouts.request };
    try {
      const { header } = await session.send(call, host.url, signal);
      this.#answeredAt.set(host.name, now());
      encodings.told(host.name, header('accept-encoding'));
    } catch (error) {
      const isHosts = isFailureOf(host, error);
      const isEarly = !(error instanceof FalconError) || earlyErrors.has(error.code);
      // A host may serve the POST alone, and one that is no trial is judged by its POST.
      if (!isEarly && !(isTrial && isHosts && error.code !== 'NOT_FOUND')) {
        return;
      }
      if (isHosts) {
        hosts.failed(host.name, 1, isGone(error));
      }
      throw error;
    }
  }
}
