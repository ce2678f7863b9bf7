import type { ApiCall } from '../client/api-session.ts';
import { answerFailure } from '../http/answer-failure.ts';
import type { Exchange } from '../http/exchange.ts';
import type { DoubleRoute } from '../testing/double-route.ts';
import type { DoubleAnswer } from '../testing/envelope.ts';
import { RouteTable } from '../testing/route-table.ts';
import type { ReadDesk } from './call/read-desk.ts';

/** A desk whose calls go straight to routes of the double, without sockets, tokens or retries. */
export interface RouteDesk {
  readonly desk: ReadDesk;
  /** The calls that were made, as `METHOD path?query`, decoded. */
  readonly calls: string[];
}

/** Sets up such a desk. */
export function deskOver(routes: readonly DoubleRoute[]): RouteDesk {
  const table = new RouteTable(routes);
  const calls: string[] = [];
  const send = async (call: ApiCall, host: () => string, signal: AbortSignal | undefined): Promise<Exchange> => {
    signal?.throwIfAborted();
    calls.push(`${call.method} ${call.path}${call.query ? `?${decodeURIComponent(call.query)}` : ''}`);
    const { path = '', query = '' } = call;
    const body = call.body ?? Buffer.alloc(0);
    const headers = { 'content-type': 'application/json' };
    const match = table.find('api', call.method, path);
    const given = await match?.route.answer({
      request: { method: call.method, path, query, headers, body },
      query: new URLSearchParams(query),
      parameters: match.parameters,
      traceId: 'trace-1',
      host: 'api',
      ccid: '0123456789ABCDEF0123456789ABCDEF-12',
      now: 1_786_000_000_000,
    });
    const answer = exchangeOf(call, host(), given ?? { status: 404 });
    if (answer.status >= 300) {
      const { scope, notFound, secrets = [] } = call;
      throw answerFailure(answer, { scope, notFound, secrets, now: 0 });
    }
    return answer;
  };
  const open: ReadDesk['session']['open'] = async (call, host, signal) => {
    const answer = await send(call, host, signal);
    return { ...answer, body: Buffer.alloc(0), stream: pieces(answer.body) };
  };
  const tokenSource = { apiUrl: 'http://double.test' } as ReadDesk['session']['tokenSource'];
  return { desk: { session: { send, open, tokenSource }, timeout: 1000 }, calls };
}

/** A route that answers anything. */
export function route(path: string, answer: DoubleRoute['answer'], method: DoubleRoute['method'] = 'GET'): DoubleRoute {
  return { method, path, scope: 'falcon-container-image:read', answer };
}

/** The answer to a call as a session would give it. */
export function exchangeOf(call: Pick<ApiCall, 'method' | 'path'>, origin: string, answer: DoubleAnswer): Exchange {
  const text = answer.json === undefined ? '' : JSON.stringify(answer.json);
  const request = {
    method: call.method,
    url: `${origin}${call.path}`,
    headers: { authorization: 'Bearer token-of-the-test' },
    timeout: 1000,
    maxBytes: 1000,
  };
  const body = Buffer.from(answer.content?.bytes ?? text);
  return { request, status: answer.status, header: () => undefined, headerNames: [], body, traceId: 'trace-1' };
}

/** Everything an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

async function* pieces(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += 16) {
    yield body.subarray(at, at + 16);
  }
}
