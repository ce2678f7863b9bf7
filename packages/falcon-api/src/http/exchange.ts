import { type Dispatcher, request } from 'undici';
import { FalconError, type FalconErrorDetails } from '../falcon-error.ts';
import { readMetaTraceId } from '../wire/msa.ts';

/** One HTTP request of ours. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'DELETE';
  /** Origin and path, without a query: this is what messages show. */
  readonly url: string;
  /** The query without its question mark; no message ever holds it. */
  readonly query?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly dispatcher?: Dispatcher | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Bytes of the answer that are read; a longer one is an error. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** What comes before the body of an answer. */
export interface AnswerHead {
  readonly request: ExchangeRequest;
  readonly status: number;
  /** The first value of a header, by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** Lower-case names of all headers. */
  readonly headerNames: readonly string[];
  /** `X-Cs-Traceid`, where the answer has a well-formed one. */
  readonly traceId: string | undefined;
}

/** The whole answer to a request. */
export interface Exchange extends AnswerHead {
  readonly body: Buffer;
}

/**
 * Sends one request and reads the whole answer, whatever its status. No redirect is followed. However it ends, the
 * connection is either reusable or closed.
 *
 * @throws FalconError `NETWORK`, `TIMEOUT` or `RESPONSE_TOO_LARGE`; on abort `signal.reason` itself.
 */
export async function exchange(call: ExchangeRequest): Promise<Exchange> {
  call.signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(call.timeout);
  const signal = call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]);
  let head: AnswerHead | undefined;
  try {
    const answer = await request(targetOf(call), {
      method: call.method,
      headers: { ...call.headers },
      body: call.body ?? null,
      signal,
      // The deadline rules alone, for the transport's own limits would end an upload that was given more time.
      headersTimeout: 0,
      bodyTimeout: 0,
      ...(call.dispatcher === undefined ? {} : { dispatcher: call.dispatcher }),
    });
    head = readHead(call, answer);
    return { ...head, body: await readCapped(answer.body, call, head) };
  } catch (error) {
    throw explainFailure(error, call, deadline, head);
  }
}

/** The answer without its body. */
export function readHead(
  call: ExchangeRequest,
  { statusCode, headers }: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
): AnswerHead {
  const header = (name: string) => firstValue(headers[name]);
  const traceId = readTraceId(header('x-cs-traceid'));
  return { request: call, status: statusCode, header, headerNames: Object.keys(headers), traceId };
}

/** The whole URL of a request, query included. */
export function targetOf({ url, query = '' }: ExchangeRequest): string {
  return query === '' ? url : `${url}?${query}`;
}

/** An error about an answer: `METHOD url: what`, with status and trace id filled in. */
export function answerError(
  code: FalconError['code'],
  answer: Exchange,
  what: string,
  details: FalconErrorDetails = {},
): FalconError {
  const traceId = answer.traceId ?? readTraceId(readMetaTraceId(answer.body));
  return callError(code, answer.request, what, { ...headDetails({ ...answer, traceId }), ...details });
}

/** What an answer adds to an error about it. */
export function headDetails(head: AnswerHead | undefined): Pick<FalconErrorDetails, 'status' | 'traceId'> {
  const { status, traceId } = head ?? {};
  return { ...(status === undefined ? {} : { status }), ...(traceId === undefined ? {} : { traceId }) };
}

/** An error about a request that got no usable answer: `METHOD url: what`. */
export function callError(
  code: FalconError['code'],
  { method, url }: ExchangeRequest,
  what: string,
  details: FalconErrorDetails,
): FalconError {
  return new FalconError(code, `${method} ${url}: ${what}`, { url, ...details });
}

/** A body whole, up to the limit of its request. */
export async function readCapped(
  body: AsyncIterable<Buffer>,
  call: ExchangeRequest,
  head: AnswerHead,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > call.maxBytes) {
      // Leaving the loop destroys the body, and with it the connection.
      throw callError('RESPONSE_TOO_LARGE', call, `the answer exceeds ${call.maxBytes} bytes`, headDetails(head));
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * What a failed exchange is thrown as: the caller's own reason after an abort, else a FalconError.
 *
 * @param head - What had come of the answer, for its status and trace id.
 */
export function explainFailure(
  error: unknown,
  call: ExchangeRequest,
  deadline: AbortSignal,
  head?: AnswerHead,
): unknown {
  if (call.signal?.aborted) {
    return call.signal.reason;
  }
  if (error instanceof FalconError) {
    return error;
  }
  if (deadline.aborted || isTimeout(error)) {
    return callError('TIMEOUT', call, 'no answer in time', { ...headDetails(head), cause: error });
  }
  return callError('NETWORK', call, networkReason(error), { ...headDetails(head), cause: error });
}

function isTimeout(error: unknown): boolean {
  return /^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(codeOf(error) ?? '');
}

function networkReason(error: unknown): string {
  const code = codeOf(error);
  return `the connection failed${code === undefined ? '' : ` (${code})`}`;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^\w+$/.test(code) ? code : undefined;
}

/** The first value of a header that may have several. */
function firstValue(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** `X-Cs-Traceid`, where it is well-formed. */
function readTraceId(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
