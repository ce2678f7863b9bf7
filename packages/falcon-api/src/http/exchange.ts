import { type Dispatcher, request } from 'undici';
import { FalconError, type FalconErrorDetails } from '../falcon-error.ts';

/** One HTTP request of ours. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Origin and path; none of ours has a query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly dispatcher?: Dispatcher | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeout: number;
  /** Bytes of the answer that are read; a longer one is an error. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** The whole answer to it. */
export interface Exchange {
  readonly request: ExchangeRequest;
  readonly status: number;
  /** The first value of a header, by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
  /** `X-Cs-Traceid`, where the answer has a well-formed one. */
  readonly traceId: string | undefined;
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
  try {
    const answer = await request(call.url, {
      method: call.method,
      headers: { ...call.headers },
      body: call.body ?? null,
      signal,
      ...(call.dispatcher === undefined ? {} : { dispatcher: call.dispatcher }),
    });
    const header = (name: string) => firstValue(answer.headers[name]);
    const body = await readCapped(answer.body, call);
    return { request: call, status: answer.statusCode, header, body, traceId: readTraceId(header('x-cs-traceid')) };
  } catch (error) {
    throw explainFailure(error, call, deadline);
  }
}

/** An error about an answer: `METHOD url: what`, with status and trace id filled in. */
export function answerError(
  code: FalconError['code'],
  { request: call, status, traceId }: Exchange,
  what: string,
  details: FalconErrorDetails = {},
): FalconError {
  const trace = traceId === undefined ? {} : { traceId };
  return callError(code, call, what, { status, ...trace, ...details });
}

function callError(
  code: FalconError['code'],
  { method, url }: ExchangeRequest,
  what: string,
  details: FalconErrorDetails,
): FalconError {
  return new FalconError(code, `${method} ${url}: ${what}`, { url, ...details });
}

async function readCapped(body: AsyncIterable<Buffer>, call: ExchangeRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > call.maxBytes) {
      // Leaving the loop destroys the body, and with it the connection.
      throw callError('RESPONSE_TOO_LARGE', call, `the answer exceeds ${call.maxBytes} bytes`, {});
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function explainFailure(error: unknown, call: ExchangeRequest, deadline: AbortSignal): unknown {
  if (call.signal?.aborted) {
    return call.signal.reason;
  }
  if (error instanceof FalconError) {
    return error;
  }
  if (deadline.aborted || isTimeout(error)) {
    return callError('TIMEOUT', call, 'no answer in time', { cause: error });
  }
  return callError('NETWORK', call, networkReason(error), { cause: error });
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

function firstValue(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function readTraceId(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
