import { RegistryError } from '../error.ts';
import { type ByteRange, rangeOf } from '../image/byte-range.ts';
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
  /** The byte behind its last one; the size of the whole where everything is wanted. */
  readonly end: number;
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

/**
 * `Range` for a remainder (RFC 9110 §14.2); nothing where it is the whole.
 *
 * @param size of the whole, in bytes
 */
export function rangeHeader({ offset, end }: Remainder, size: number): Readonly<Record<string, string>> {
  if (end < size) return { range: `bytes=${offset}-${end - 1}` };
  return offset === 0 ? {} : { range: `bytes=${offset}-` };
}

/** Where the body of a 200 or 206 begins, or what is wrong with it. */
function startOf(response: HttpResponse, { offset, end }: Remainder, size: number): number | string {
  const announced = header(response, 'content-length');
  if (response.status === 200) {
    if (announced === undefined || Number(announced) === size) return 0;
    return `the registry announces ${announced} bytes where ${size} were promised`;
  }
  const range = parseContentRange(header(response, 'content-range'));
  if (range === undefined) return 'the registry answers with a part, and does not say which';
  const { first, last, total = size } = range;
  const length = last - first + 1;
  const fits = first === offset && last < end && total === size && Number(announced ?? length) === length;
  return fits
    ? first
    : `the registry answers with bytes ${first}-${last} of ${total} where ${offset}-${end - 1} of ${size} was asked`;
}

/**
 * Checks what a 200 or 206 announces: the first byte of its body. A response that cannot be right is left unread.
 *
 * @throws RegistryError `SIZE_INVALID` for a whole of another size, `RESPONSE_INVALID` for another part than asked for
 */
export function bodyStart(response: HttpResponse, remainder: Remainder, size: number): number {
  const start = startOf(response, remainder, size);
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

/**
 * Reads a body, or a part of it, that may be cut anywhere as one stream: what is missing is asked for, and what comes twice
 * is dropped. Its bytes are not verified; one that ends early for good is shorter than promised.
 *
 * Iterating throws what `open` throws, and RegistryError `NETWORK` or `TIMEOUT` where the body is cut too often.
 */
export async function* resumedBody(
  open: OpenRemainder,
  { digest, size }: ContentDescriptor,
  { events, retries, signal }: ResumeContext,
  { start: first, end }: ByteRange = { start: 0, end: size },
): AsyncGenerator<Uint8Array, void, undefined> {
  const allowance = new ResumeAllowance(end - first);
  // That the whole is longer than promised must not go unseen.
  const last = end < size ? end : Number.POSITIVE_INFINITY;
  let remainder: Remainder = { offset: first, end };
  for (;;) {
    let { offset } = remainder;
    const response = await open(remainder);
    if (offset > first) events.emit({ type: 'resume', host: response.url.host, digest, offset });
    let failure: RegistryError | undefined;
    try {
      const start = response.status === 200 ? 0 : offset;
      for await (const chunk of rangeOf(responseBody(response, signal), { start: offset - start, end: last - start })) {
        offset += chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RegistryError) || !error.retryable) throw error;
      failure = error;
    }
    if (offset >= end) return;
    const attempt = allowance.cutAt(offset - first);
    const reason = failure?.code ?? 'SIZE_INVALID';
    const wait = attempt === undefined ? undefined : retries.plan({ url: response.url, attempt, reason });
    if (wait === undefined) {
      if (failure !== undefined) throw failure;
      return;
    }
    await retries.sleep(wait, signal);
    remainder = { offset, end, ifRange: strongTag(response) };
  }
}
