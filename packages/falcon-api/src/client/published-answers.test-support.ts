import type { FalconErrorCode } from '../falcon-error.ts';

/** The calls that are tried: the token endpoints, the inventory endpoint, and one of the read side. */
export type TriedCall = 'token' | 'revoke' | 'probe' | 'upload' | 'ccid';

/** One answer that the published documents name for a call, and what a caller must make of it. */
export interface PublishedAnswer {
  readonly call: TriedCall;
  readonly status: number;
  /** What is special about it, for the name of the test. */
  readonly quirk?: string;
  /** The body; `undefined` for none, a string as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: the call succeeds. */
  readonly code?: FalconErrorCode;
  /** Milliseconds. */
  readonly retryAfter?: number;
  /** What the hint must name. */
  readonly hint?: string;
}

/** The time of every test: milliseconds since the epoch. */
export const publishedNow = 1_786_000_000_000;

/** `msa.ReplyMetaOnly`. */
const meta = (code: number, message: string) => ({
  meta: { query_time: 0.01, powered_by: 'gateway', trace_id: 'of-the-body' },
  errors: [{ code, message }],
});

/** `core.EntitiesResponse`, as a service written in Go sends it. */
const entities = (code: number, message: string) => ({ ...meta(code, message), resources: null });

/** What the container upload host answers without a valid token. */
const registryForm = { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required', detail: null }] };

const token = { access_token: 'tok', expires_in: 1799, token_type: 'bearer' };
const inSeconds = { 'x-ratelimit-retryafter': String(publishedNow / 1000 + 7) };
const inMilliseconds = { 'x-ratelimit-retryafter': String(publishedNow + 7000) };
const limited = { status: 429, body: meta(429, 'API rate limit exceeded.'), code: 'RATE_LIMITED' } as const;

const tokenAnswers: readonly PublishedAnswer[] = [
  { call: 'token', status: 201, body: token },
  { call: 'token', status: 200, quirk: 'which one client of the vendor takes, too', body: token },
  { call: 'token', status: 201, quirk: 'without expires_in', body: { access_token: 'tok' } },
  { call: 'token', status: 201, quirk: 'with null members', body: { ...token, scope: null, id_token: null } },
  { call: 'token', status: 308, quirk: 'that leads nowhere', code: 'REDIRECT_REFUSED' },
  {
    ...{ call: 'token', status: 308, quirk: 'to a GovCloud', headers: { 'x-cs-region': 'us-gov-2' } },
    ...{ code: 'CLOUD_MISMATCH', hint: 'us-gov-2' },
  },
  { call: 'token', status: 400, body: meta(400, 'bad request'), code: 'REQUEST_REJECTED' },
  {
    ...{ call: 'token', status: 403, quirk: 'for a wrong pair', body: meta(403, 'access denied, invalid pair') },
    ...{ code: 'CREDENTIALS_REJECTED', hint: 'client id and secret' },
  },
  {
    ...{ call: 'token', status: 403, quirk: 'for the address' },
    ...{ body: meta(403, 'access denied, authorization failed'), code: 'IP_NOT_ALLOWED', hint: 'allow-list' },
  },
  { call: 'token', status: 403, quirk: 'without a body', code: 'CLOUD_MISMATCH', hint: 'us-gov-1' },
  { call: 'token', quirk: 'in seconds', ...limited, headers: inSeconds, retryAfter: 7000 },
  { call: 'token', quirk: 'in milliseconds', ...limited, headers: inMilliseconds, retryAfter: 7000 },
  { call: 'token', status: 500, body: meta(500, 'internal error'), code: 'UNAVAILABLE' },
];

const revokeAnswers: readonly PublishedAnswer[] = [
  { call: 'revoke', status: 200, body: { ...meta(0, ''), errors: null } },
  { call: 'revoke', status: 400, body: meta(400, 'bad request'), code: 'REQUEST_REJECTED' },
  { call: 'revoke', status: 403, body: meta(403, 'access denied'), code: 'CREDENTIALS_REJECTED' },
  { call: 'revoke', ...limited, headers: inSeconds, retryAfter: 7000 },
  { call: 'revoke', status: 500, body: meta(500, 'internal error'), code: 'UNAVAILABLE' },
];

/** HEAD never has a body, whatever the documents say. */
function inventoryAnswers(call: 'probe' | 'upload', scope: string): readonly PublishedAnswer[] {
  const sent = (body: unknown) => (call === 'probe' ? {} : { body });
  return [
    { call, status: 200 },
    { call, status: 400, quirk: 'without a word', code: call === 'probe' ? 'REQUEST_REJECTED' : 'PAYLOAD_REJECTED' },
    { call, status: 401, quirk: 'in the form of a registry', ...sent(registryForm), code: 'UNAUTHENTICATED' },
    { call, status: 403, ...sent(entities(403, 'access denied')), code: 'FORBIDDEN', hint: scope },
    { call, ...limited, ...sent(limited.body), quirk: 'in seconds', headers: inSeconds, retryAfter: 7000 },
    { call, ...limited, ...sent(limited.body), quirk: 'in milliseconds', headers: inMilliseconds, retryAfter: 7000 },
    { call, ...limited, ...sent(limited.body), quirk: 'without a time' },
    { call, status: 500, quirk: 'without a word', code: 'UNAVAILABLE' },
  ];
}

const readAnswers: readonly PublishedAnswer[] = [
  { call: 'ccid', status: 200, quirk: 'with errors null', body: { ...ccidAnswer(), errors: null } },
  { call: 'ccid', status: 200, quirk: 'with errors left out', body: ccidAnswer() },
  { call: 'ccid', status: 200, quirk: 'with errors empty', body: { ...ccidAnswer(), errors: [] } },
  { call: 'ccid', status: 200, quirk: 'with resources null', body: entities(0, ''), code: 'RESPONSE_INVALID' },
  {
    call: 'ccid',
    status: 400,
    quirk: 'as a lone msa.APIError',
    body: { code: 400, message: 'no' },
    code: 'REQUEST_REJECTED',
  },
  { call: 'ccid', status: 401, body: meta(401, 'access denied, invalid bearer token'), code: 'UNAUTHENTICATED' },
  { call: 'ccid', status: 403, body: meta(403, 'access denied'), code: 'FORBIDDEN', hint: 'sensor-installers:read' },
  { call: 'ccid', status: 404, body: entities(404, 'not found'), code: 'NOT_FOUND' },
  { call: 'ccid', ...limited, headers: inSeconds, retryAfter: 7000 },
  { call: 'ccid', status: 500, body: entities(500, 'internal error'), code: 'UNAVAILABLE' },
  { call: 'ccid', status: 503, quirk: 'of a gateway', body: '<html>', code: 'UNAVAILABLE' },
];

function ccidAnswer() {
  return { meta: meta(0, '').meta, resources: ['0123456789ABCDEF0123456789ABCDEF-12'] };
}

/** Every status and quirk that the published documents name for these calls. */
export const publishedAnswers: readonly PublishedAnswer[] = [
  ...tokenAnswers,
  ...revokeAnswers,
  ...inventoryAnswers('probe', 'falcon-container-cli:read'),
  ...inventoryAnswers('upload', 'falcon-container-cli:write'),
  ...readAnswers,
];
