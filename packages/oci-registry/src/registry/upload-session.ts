import { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import type { HttpResponse, RequestBody } from '../transport/http.ts';
import { header } from '../transport/http-headers.ts';
import type { RegistryRequest } from '../transport/registry-request.ts';
import type { RegistryTransport } from '../transport/registry-transport.ts';
import type { PushOptions } from './push-options.ts';

/** Rights that sending content takes. */
export const pushActions = 'pull,push';

/** Answers to uploads have no bodies worth reading; what there is is read up to here, to keep the connection. */
const discardLimit = 64 * 1024;

/** How long a failed upload may take to be deleted, in ms: the work it belongs to is over. */
const deleteTimeout = 10_000;

/** Reads what is left of an answer and drops it. */
export async function discardBody(response: HttpResponse, signal: AbortSignal | undefined): Promise<void> {
  await response.body.dump({ limit: discardLimit, ...(signal !== undefined && { signal }) });
}

/**
 * The Location of an answer. It may lead to another origin: credentials do not go there, and content of an image is no
 * secret to where its registry wants it; but https is not left for http.
 *
 * @throws RegistryError `RESPONSE_INVALID`
 */
function locationOf(response: HttpResponse): URL {
  const { url: from } = response;
  const text = header(response, 'location');
  const url = text !== undefined && URL.canParse(text, from.href) ? new URL(text, from) : undefined;
  const isDowngrade = from.protocol === 'https:' && url?.protocol !== 'https:';
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    isDowngrade
  ) {
    throw new RegistryError('RESPONSE_INVALID', `${response.what}: no usable Location for the upload`, {
      status: response.status,
    });
  }
  return url;
}

/** `Range: 0-N` of an upload as the number of bytes that have arrived; 0 where none have, or it does not tell. */
function receivedOf(response: HttpResponse): number {
  const [, last] = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(header(response, 'range')?.trim() ?? '') ?? [];
  // An empty upload has no last byte; registries say `0-0` then, which one byte would look like, too.
  return last === undefined || last === '0' ? 0 : Number(last) + 1;
}

/** One upload of a blob (distribution-spec "Pushing blobs"): where it is, and what of it has arrived. */
export class UploadSession {
  readonly #transport: RegistryTransport;
  readonly #target: HostTarget;
  readonly #options: PushOptions;
  #location: URL;
  /** Least bytes that a piece must have unless it is the last one, `OCI-Chunk-Min-Length`. */
  readonly minChunkBytes: number;

  /** @param response the 202 that began it */
  constructor(transport: RegistryTransport, target: HostTarget, response: HttpResponse, options: PushOptions) {
    this.#transport = transport;
    this.#target = target;
    this.#options = options;
    this.#location = locationOf(response);
    this.minChunkBytes = Number(/^[0-9]{1,12}$/.exec(header(response, 'oci-chunk-min-length') ?? '')?.[0] ?? 0);
  }

  /** Sends the bytes from `start` on, and resolves to the number that the registry then has. */
  async append(start: number, body: RequestBody): Promise<number> {
    const headers = {
      'content-type': 'application/octet-stream',
      'content-range': `${start}-${start + body.length - 1}`,
    };
    const response = await this.#ask({
      method: 'PATCH',
      path: this.#location,
      headers,
      body,
      accepted: [202, 201, 204],
    });
    this.#follow(response);
    await discardBody(response, this.#options.signal);
    // Some registries answer with no Range, or with one that never changes: what was accepted has arrived.
    return header(response, 'range') === undefined ? start + body.length : receivedOf(response);
  }

  /** Asks how much has arrived, in bytes. */
  async received(): Promise<number> {
    const response = await this.#ask({ method: 'GET', path: this.#location, accepted: [204, 200, 202] });
    this.#follow(response);
    await discardBody(response, this.#options.signal);
    return receivedOf(response);
  }

  /**
   * Ends the upload. The registry checks the digest.
   *
   * @param body what is still missing, of length 0 where nothing is
   * @param start how much has arrived
   */
  async finish(digest: string, body: RequestBody, start: number): Promise<void> {
    const path = new URL(this.#location);
    // As text: setting a parameter would write those anew that the registry may have signed.
    path.search += `${path.search === '' ? '?' : '&'}digest=${encodeURIComponent(digest)}`;
    const sent = body.length > 0 ? body : undefined;
    const headers = {
      ...(sent !== undefined && { 'content-type': 'application/octet-stream' }),
      ...(sent !== undefined && start > 0 && { 'content-range': `${start}-${start + sent.length - 1}` }),
    };
    const accepted = [201, 204, 200, 202];
    const response = await this.#ask({ method: 'PUT', path, headers, body: sent, accepted });
    await discardBody(response, this.#options.signal);
  }

  /** Lets the registry forget the upload. Failures are told to `onProblem` and to nobody else. */
  async cancel(): Promise<void> {
    // The signal of the push may be what ended it.
    const signal = AbortSignal.timeout(deleteTimeout);
    try {
      const accepted = [204, 200, 202, 404];
      const response = await this.#ask({ method: 'DELETE', path: this.#location, accepted }, signal);
      await discardBody(response, signal);
    } catch (cause) {
      const { registry, repository } = this.#target;
      const message = `${registry}/${repository}: an upload that failed could not be deleted`;
      this.#options.onProblem?.(new RegistryError('BLOB_UPLOAD_INVALID', message, { cause }));
    }
  }

  /** Clients must take the latest Location (distribution-spec "Pushing a blob in chunks"). */
  #follow(response: HttpResponse): void {
    if (header(response, 'location') !== undefined) this.#location = locationOf(response);
  }

  #ask(
    request: Pick<RegistryRequest, 'method' | 'path' | 'headers' | 'body' | 'accepted'>,
    signal: AbortSignal | undefined = this.#options.signal,
  ): Promise<HttpResponse> {
    const { keychain } = this.#options;
    const fixed = { need: 'push', actions: pushActions, notFound: 'BLOB_UPLOAD_UNKNOWN', keychain, signal } as const;
    return this.#transport.request(this.#target, { ...request, ...fixed });
  }
}
