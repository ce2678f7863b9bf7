import { RegistryError } from '../error.ts';
import type { ContentDescriptor } from '../image/descriptor.ts';
import { parseContentRange } from './content-range.ts';
import type { EventReporter } from './event-reporter.ts';
import type { HttpResponse } from './http.ts';
import { header } from './http-headers.ts';
import { abandonBody, responseBody } from './response-body.ts';
import { ResumeAllowance } from './resume-allowance.ts';
import type { Retries } from './retries.ts';

/** What is still wanted of a body. */
export interface Remainder {
  /** Its first byte. */
  readonly offset: number;
  /** Strong entity tag of the bytes before it, with the origin asked for them. */
  readonly ifRange?: { readonly origin: string; readonly etag: string } | undefined;
}

/** Asks for what is left of a body: the whole where `offset` is 0. The response passed {@link bodyStart}. */
export type OpenRemainder = (remainder: Remainder) => Promise<HttpResponse>;

/** What {@link resumedBody} works with. */
export interface ResumeContext {
  readonly retries: Retries;
  readonly events: EventReporter;
  readonly signal?: AbortSignal | undefined;
}

/** `Range` for a remainder (RFC 9110 §14.2); nothing where it is the whole. */
export function rangeHeader({ offset }: Remainder): Readonly<Record<string, string>> {
  return offset === 0 ? {} : { range: `bytes=${offset}-` };
}

/** Where the body of a 200 or 206 begins, or what is wrong with it. */
function startOf(response: HttpResponse, offset: number, size: number): number | string {
  const announced = header(response, 'content-length');
  if (response.status === 200) {
    if (announced === undefined || Number(announced) === size) return 0;
    return `the registry announces ${announced} bytes where ${size} were promised`;
  }
  const range = parseContentRange(header(response, 'content-range'));
  if (range === undefined) return 'the registry answers with a part, and does not say which';
  const { first, last, total = size } = range;
  const length = last - first + 1;
  const fits = first === offset && last < size && total === size && Number(announced ?? length) === length;
  return fits
    ? first
    : `the registry answers with bytes ${first}-${last} of ${total} where ${offset}- of ${size} was asked`;
}

/**
 * Checks what a 200 or 206 announces: the first byte of its body. A response that cannot be right is left unread.
 *
 * @throws RegistryError `SIZE_INVALID` for a whole of another size, `RESPONSE_INVALID` for another part than asked for
 */
export function bodyStart(response: HttpResponse, { offset }: Remainder, size: number): number {
  const start = startOf(response, offset, size);
  if (typeof start === 'number') return start;
  abandonBody(response);
  throw new RegistryError(response.status === 200 ? 'SIZE_INVALID' : 'RESPONSE_INVALID', `${response.what}: ${start}`);
}

function strongTag(response: HttpResponse): Remainder['ifRange'] {
  const etag = header(response, 'etag');
  // A weak tag is not good for ranges (RFC 9110 §13.1.5).
  return etag !== undefined && /^"[\x21\x23-\x7e]{0,256}"$/.test(etag)
    ? { origin: response.url.origin, etag }
    : undefined;
}

/** Drops the first bytes of a stream. */
async function* skipping(
  source: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = count;
  for await (const chunk of source) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/**
 * Reads a body that may be cut anywhere as one stream: what is missing is asked for, and what comes twice is dropped. Its
 * bytes are not verified; one that ends early for good is shorter than promised.
 *
 * Iterating throws what `open` throws, and RegistryError `NETWORK` or `TIMEOUT` where the body is cut too often.
 */
export async function* resumedBody(
  open: OpenRemainder,
  { digest, size }: ContentDescriptor,
  { events, retries, signal }: ResumeContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const allowance = new ResumeAllowance(size);
  let remainder: Remainder = { offset: 0 };
  for (;;) {
    let { offset } = remainder;
    const response = await open(remainder);
    if (offset > 0) events.emit({ type: 'resume', host: response.url.host, digest, offset });
    let failure: RegistryError | undefined;
    try {
      const start = response.status === 200 ? 0 : offset;
      for await (const chunk of skipping(responseBody(response, signal), offset - start)) {
        offset += chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError) || !error.retryable) throw error;
      failure = error;
    }
    if (offset >= size) return;
    const attempt = allowance.cutAt(offset);
    const reason = failure?.code ?? 'SIZE_INVALID';
    const wait = attempt === undefined ? undefined : retries.plan({ url: response.url, attempt, reason });
    if (wait === undefined) {
      if (failure !== undefined) throw failure;
      return;
    }
    await retries.sleep(wait, signal);
    remainder = { offset, ifRange: strongTag(response) };
  }
}
