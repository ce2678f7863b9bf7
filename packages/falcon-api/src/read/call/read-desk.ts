import type { ApiCall, ApiSession } from '../../client/api-session.ts';
import { FalconError } from '../../falcon-error.ts';
import { answerError, type Exchange } from '../../http/exchange.ts';
import { readJson } from '../../wire/msa.ts';
import { type Envelope, readEnvelope } from './read-resources.ts';

/** What every resource of the read side makes its calls with. */
export interface ReadDesk {
  readonly session: Pick<ApiSession, 'send' | 'open' | 'tokenSource'>;
  /** Milliseconds for one attempt of a call. */
  readonly timeout: number;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it rejects with the signal's own reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Values of a query; what is `undefined` or empty is left out, a list is joined by commas. */
export type QueryValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** One call of the read side. */
export interface ReadCall extends Partial<Pick<ApiCall, 'method' | 'maxBytes' | 'notFound' | 'repeat' | 'secrets'>> {
  readonly path: string;
  readonly query?: QueryValues;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `falcon-container-image:read`. */
  readonly scope?: string;
}

/** The scope of nearly everything that is read. */
export const readScope = 'falcon-container-image:read';

/** The scope of what is made, changed and deleted. */
export const writeScope = 'falcon-container-image:write';

/** Bytes of a page or of any other answer that is read whole. */
export const maxPageBytes: number = 32 * 1024 * 1024;

/** The JSON document of a successful answer of the API host. */
export async function requestDocument(
  { session, timeout }: ReadDesk,
  call: ReadCall,
  signal: AbortSignal | undefined,
): Promise<{ readonly document: unknown; readonly answer: Exchange }> {
  const answer = await session.send(apiCall(call, timeout), () => session.tokenSource.apiUrl, signal);
  // What was deleted may be answered without a word.
  const document = answer.body.length === 0 && call.method === 'DELETE' ? { resources: [] } : readJson(answer.body);
  if (document === undefined) {
    throw answerError('RESPONSE_INVALID', answer, 'the answer is no JSON');
  }
  return { document, answer };
}

/** As `requestDocument`, with the envelope opened. */
export async function requestEnvelope(
  desk: ReadDesk,
  call: ReadCall,
  signal: AbortSignal | undefined,
): Promise<{ readonly envelope: Envelope; readonly answer: Exchange }> {
  const { document, answer } = await requestDocument(desk, call, signal);
  return { envelope: readEnvelope(document, answer, call.secrets), answer };
}

/** The call as a session takes it. */
export function apiCall({ query, body, maxBytes = maxPageBytes, ...call }: ReadCall, timeout: number): ApiCall {
  return {
    method: 'GET',
    scope: readScope,
    timeout,
    maxBytes,
    ...call,
    ...(query === undefined ? {} : { query: formatQuery(query) }),
    ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body), 'utf8') }),
  };
}

/**
 * Checks ids that go into a query joined by commas.
 *
 * @throws FalconError `OPTIONS_INVALID` where there are none, too many, or one that would split or stay empty.
 */
export function checkIds(ids: readonly string[], most: number): readonly string[] {
  if (ids.length === 0 || ids.length > most) {
    throw new FalconError('OPTIONS_INVALID', `ids: ${ids.length}, which is not from 1 to ${most}`);
  }
  if (ids.some((id) => id === '' || id.includes(','))) {
    throw new FalconError('OPTIONS_INVALID', 'ids: one is empty or has a comma in it');
  }
  return ids;
}

function formatQuery(values: QueryValues): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') {
      query.set(name, typeof value === 'object' ? value.join(',') : String(value));
    }
  }
  return query.toString();
}
