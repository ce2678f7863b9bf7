import { z } from 'zod';
import type { RegistryError } from '../../error.ts';
import type { CloudAnswer } from '../ask-patiently.ts';
import type { CloudContext } from '../cloud-options.ts';
import { jsonOf } from '../json-of.ts';
import { refused } from '../refusal.ts';
import type { Perishable } from '../renewed.ts';
import { type AwsAnswer, askAws } from './ask-aws.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { type AwsFault, isTransient, jsonFault, printFault } from './aws-fault.ts';
import { invalid, parseArn, parseTime } from './credentials-document.ts';
import type { EcrApi } from './ecr-host.ts';
import { serviceEndpoint } from './service-endpoint.ts';
import { signedHeaders } from './sigv4.ts';

/** User name and password for registries of Amazon ECR. */
export interface EcrLogin {
  readonly username: string;
  readonly password: string;
}

/** Whom a token is asked for, and with what. */
export interface TokenQuestion {
  readonly api: EcrApi;
  readonly credentials: AwsCredentials;
  readonly context: CloudContext;
  readonly signal?: AbortSignal | undefined;
}

const data = z.looseObject({
  authorizationToken: z.string().regex(/^[A-Za-z0-9+/_-]{4,100000}={0,2}$/),
  // Seconds since the epoch; some that stand in for AWS send RFC 3339.
  expiresAt: z.union([z.number().positive(), z.string()]),
});
/** The private service has a list, with one element for one token; the public one has no list. */
const schema = z.looseObject({ authorizationData: z.union([z.tuple([data], data), data]) });

/** Codes for credentials that ended. */
const expiredCodes = new Set(['ExpiredTokenException', 'ExpiredToken', 'RequestExpired']);
const unknownCodes = new Set([
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'MissingAuthenticationTokenException',
]);
const deniedCodes = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedException']);

/** Whether AWS says that the credentials are no longer, so that newer ones may do. */
function isStale(fault: AwsFault): boolean {
  return expiredCodes.has(fault.code) || fault.code === 'UnrecognizedClientException';
}

/** How far AWS's clock is ahead of ours in ms, where the signature was refused for that. */
function clockSkew(answer: AwsAnswer, now: number): number | undefined {
  if (answer.fault === undefined) return undefined;
  const { code, message } = answer.fault;
  const isSkew =
    /^(?:RequestTimeTooSkewed|RequestInTheFuture|SignatureExpired)/.test(code) ||
    (code === 'InvalidSignatureException' && /signature (?:expired|not yet current)/i.test(message));
  const theirs = Date.parse(answer.answer.headers.date ?? '');
  return isSkew && !Number.isNaN(theirs) ? theirs - now : undefined;
}

/** Sends the request, signed as if the clock were ahead by `skew`. */
function call(url: URL, question: TokenQuestion, skew: number): Promise<AwsAnswer> {
  const { api, credentials, context, signal } = question;
  const method = 'POST';
  const body = '{}';
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': api.target };
  const request = () => {
    const scope = { credentials, region: api.region, service: api.service, time: context.now() + skew };
    return { method, url, headers: signedHeaders({ method, url, headers, body }, scope), body, signal } as const;
  };
  return askAws(context, request, jsonFault);
}

/** Who AWS says is asking, else what the provider knows. */
function identityOf(fault: AwsFault, credentials: AwsCredentials): string {
  const [arn] = /arn:aws[a-z-]{0,16}:(?:iam|sts)::[0-9]{12}:[\w+=,.@/-]{1,256}/.exec(fault.message) ?? [];
  return parseArn(arn) ?? credentials.identity ?? 'the AWS identity';
}

function explain(fault: AwsFault, { api, credentials }: TokenQuestion): { text: string; hint?: string } {
  const who = identityOf(fault, credentials);
  const action = `${api.service}:GetAuthorizationToken`;
  if (deniedCodes.has(fault.code)) {
    const needed = api.isPublic ? `${action} and sts:GetServiceBearerToken` : action;
    return {
      text: `${who} may not do ${action}`,
      hint: `allow ${needed} on all resources in the policy of this identity`,
    };
  }
  if (expiredCodes.has(fault.code)) {
    return {
      text: `the credentials of ${who} have expired`,
      hint: 'give new credentials, and check the clock of this machine',
    };
  }
  if (unknownCodes.has(fault.code)) {
    return {
      text: `AWS does not accept the credentials of ${who} (${fault.code})`,
      hint: 'check the keys, that they are of the partition of the registry (China and GovCloud have their own), that the region is enabled, and the clock of this machine',
    };
  }
  return { text: printFault(fault, [credentials.accessKeyId, credentials.secretAccessKey, credentials.sessionToken]) };
}

/** The error for a refusal. */
function tokenRefusal(answer: CloudAnswer, fault: AwsFault, question: TokenQuestion): RegistryError {
  const { text, hint } = explain(fault, question);
  return refused(answer, `${answer.what} GetAuthorizationToken: ${text}`, { retryable: isTransient(fault), hint });
}

function parseLogin(answer: CloudAnswer, skew: number): Perishable<EcrLogin> {
  const what = `${answer.what} GetAuthorizationToken`;
  const parsed = schema.safeParse(jsonOf(answer.body));
  if (!parsed.success) throw invalid(what, 'it has no authorizationData with a token and its end');
  const { authorizationData } = parsed.data;
  const { authorizationToken, expiresAt } = Array.isArray(authorizationData) ? authorizationData[0] : authorizationData;
  const end = typeof expiresAt === 'number' ? expiresAt * 1000 : parseTime(expiresAt);
  if (end === undefined) throw invalid(what, 'expiresAt is not a time');
  const [, username, password] =
    /^([\x21-\x39\x3b-\x7e]{1,256}):([\x21-\x7e]+)$/.exec(Buffer.from(authorizationToken, 'base64').toString('utf8')) ??
    [];
  if (username === undefined || password === undefined)
    throw invalid(what, 'the token is not a user name and password');
  // By our clock, as that is what it will be compared with.
  return { value: { username, password }, expiresAt: end - skew };
}

/** A login, or why there is none. */
export type TokenOutcome = Perishable<EcrLogin> | { readonly refused: RegistryError; readonly isStale: boolean };

/**
 * Asks Amazon ECR for a login by `GetAuthorizationToken`. A signature that is refused since this machine's clock is
 * wrong is made once more with the time that AWS has.
 *
 * Rejects with RegistryError `RESPONSE_INVALID`, and what {@link CloudHttp} rejects with; a refusal of AWS is resolved
 * to, as newer credentials may help.
 */
export async function requestEcrLogin(question: TokenQuestion): Promise<TokenOutcome> {
  const { api, context } = question;
  const url = serviceEndpoint(context.env, api.isPublic ? 'ECR_PUBLIC' : 'ECR', api.host);
  let outcome = await call(url, question, 0);
  const skew = clockSkew(outcome, context.now());
  if (skew !== undefined) outcome = await call(url, question, skew);
  const { answer, fault } = outcome;
  if (fault === undefined) return parseLogin(answer, skew ?? 0);
  return { refused: tokenRefusal(answer, fault, question), isStale: isStale(fault) };
}
