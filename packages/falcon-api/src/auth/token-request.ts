import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { type AnswerHead, answerError, type Exchange, exchange } from '../http/exchange.ts';
import { readJson } from '../wire/msa.ts';
import type { AccessToken } from './access-token.ts';
import { homeHost } from './home-host.ts';
import { govCloudMismatch, tokenFailure } from './token-failure.ts';

/** What every call to the token endpoints needs. */
export interface TokenCall {
  readonly apiUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly dispatcher: Dispatcher | undefined;
  readonly userAgent: string;
  readonly timeout: number;
  readonly now: () => number;
  /** Told of every answer. */
  readonly observe: (answer: AnswerHead) => void;
  readonly signal: AbortSignal | undefined;
}

/** What the token endpoint granted. */
export interface TokenGrant {
  readonly accessToken: string;
  /** Seconds. */
  readonly lifetime: number;
  /** Origin that answered, after redirects. */
  readonly apiUrl: string;
  /** The first `X-Cs-Region` that was heard. */
  readonly region: string | undefined;
}

/** Bytes of a token answer that are read; a real one has about 2 KiB. */
const maxTokenAnswer = 64 * 1024;
/** More redirects than regions make no sense. */
const maxRedirects = 3;
/** Seconds a token lives where the answer does not say. */
const usualLifetime = 1799;

/** A token must be able to stand in a header. */
const grantSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive().default(usualLifetime),
});

/** `POST /oauth2/token`, following the redirect to the home region. Errors: see `createTokenSource`. */
export async function requestToken(call: TokenCall, memberCid: string | undefined): Promise<TokenGrant> {
  const form = new URLSearchParams({ client_id: call.clientId, client_secret: call.clientSecret });
  if (memberCid !== undefined) {
    form.set('member_cid', memberCid);
  }
  let apiUrl = call.apiUrl;
  let region: string | undefined;
  for (let hop = 0; ; hop += 1) {
    const answer = await postForm(call, `${apiUrl}/oauth2/token`, form, {});
    region ??= readRegion(answer.header('x-cs-region'));
    if (answer.status !== 307 && answer.status !== 308) {
      return { ...readGrant(answer, call), apiUrl, region };
    }
    if (hop === maxRedirects) {
      throw answerError('REDIRECT_REFUSED', answer, `redirected more than ${maxRedirects} times`);
    }
    apiUrl = homeHost(answer, call.apiUrl);
  }
}

/** `POST /oauth2/revoke`. */
export async function revokeToken(call: TokenCall, token: AccessToken): Promise<void> {
  const basic = Buffer.from(`${call.clientId}:${call.clientSecret}`, 'utf8').toString('base64');
  const form = new URLSearchParams({ token: token.value, client_id: call.clientId });
  const answer = await postForm(call, `${call.apiUrl}/oauth2/revoke`, form, { authorization: `Basic ${basic}` });
  if (answer.status !== 200 && answer.status !== 201) {
    throw tokenFailure(answer, { secrets: [call.clientSecret, token.value, basic], now: call.now() });
  }
}

function readGrant(answer: Exchange, call: TokenCall): Pick<TokenGrant, 'accessToken' | 'lifetime'> {
  if (answer.status !== 200 && answer.status !== 201) {
    throw govCloudMismatch(answer) ?? tokenFailure(answer, { secrets: [call.clientSecret], now: call.now() });
  }
  const grant = grantSchema.safeParse(readJson(answer.body));
  if (!grant.success) {
    // The body may hold a token in an unexpected place: it is not quoted.
    throw govCloudMismatch(answer) ?? answerError('RESPONSE_INVALID', answer, 'the answer holds no usable token');
  }
  return { accessToken: grant.data.access_token, lifetime: grant.data.expires_in };
}

async function postForm(
  call: TokenCall,
  url: string,
  form: URLSearchParams,
  headers: Readonly<Record<string, string>>,
): Promise<Exchange> {
  const answer = await exchange({
    method: 'POST',
    url,
    headers: {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      'user-agent': call.userAgent,
    },
    body: form.toString(),
    dispatcher: call.dispatcher,
    timeout: call.timeout,
    maxBytes: maxTokenAnswer,
    signal: call.signal,
  });
  call.observe(answer);
  return answer;
}

function readRegion(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,32}$/.test(value) ? value.toLowerCase() : undefined;
}
