import { type Dispatcher, request } from 'undici';
import {
  type AnswerHead,
  callError,
  type Exchange,
  type ExchangeRequest,
  explainFailure,
  headDetails,
  readCapped,
  readHead,
  targetOf,
} from './exchange.ts';

/** An answer whose body is still to come, where it is a success. */
export interface StreamedExchange extends Exchange {
  /** Empty for a success; for anything else the whole body, as of any answer. */
  readonly body: Buffer;
  /**
   * The body of a success, to be read once; empty for anything else. Leaving the loop early closes the connection.
   * Rejects with FalconError `NETWORK`, `TIMEOUT` (nothing came for the timeout of the request) or
   * `RESPONSE_TOO_LARGE`; on abort with `signal.reason` itself.
   */
  readonly stream: AsyncIterable<Uint8Array>;
}

/** Bytes of a refusal that are read. */
const maxRefusal = 1024 * 1024;

/**
 * Sends one request and gives its answer as soon as the head is there. `timeout` holds until then, and from then on
 * between any two pieces of the body; `maxBytes` holds for the whole body. No redirect is followed.
 *
 * @throws FalconError as `exchange`; on abort `signal.reason` itself.
 */
export async function streamExchange(call: ExchangeRequest): Promise<StreamedExchange> {
  call.signal?.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), call.timeout);
  let head: AnswerHead | undefined;
  try {
    const answer = await request(targetOf(call), requestOptions(call, deadline.signal));
    clearTimeout(timer);
    head = readHead(call, answer);
    if (answer.statusCode < 200 || answer.statusCode >= 300) {
      const body = await readCapped(answer.body, { ...call, maxBytes: maxRefusal }, head);
      return { ...head, body, stream: nothing() };
    }
    return { ...head, body: Buffer.alloc(0), stream: readBody(answer.body, head, deadline.signal) };
  } catch (error) {
    throw explainFailure(error, call, deadline.signal, head);
  } finally {
    clearTimeout(timer);
  }
}

function requestOptions(
  call: ExchangeRequest,
  deadline: AbortSignal,
): Omit<Dispatcher.RequestOptions, 'origin' | 'path'> & { dispatcher?: Dispatcher } {
  return {
    method: call.method,
    headers: { ...call.headers },
    body: call.body ?? null,
    signal: call.signal === undefined ? deadline : AbortSignal.any([call.signal, deadline]),
    headersTimeout: call.timeout,
    bodyTimeout: call.timeout,
    ...(call.dispatcher === undefined ? {} : { dispatcher: call.dispatcher }),
  };
}

async function* readBody(
  body: AsyncIterable<Buffer>,
  head: AnswerHead,
  deadline: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const call = head.request;
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > call.maxBytes) {
        throw callError('RESPONSE_TOO_LARGE', call, `the answer exceeds ${call.maxBytes} bytes`, headDetails(head));
      }
      yield chunk;
    }
  } catch (error) {
    throw explainFailure(error, call, deadline, head);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {
  yield* [];
}
