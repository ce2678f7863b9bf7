import { timingSafeEqual } from 'node:crypto';
import type { FalconCloudFaults } from './cloud-faults.ts';
import { type DoubleAnswer, metaInfo, refuse } from './envelope.ts';
import type { HostRequest } from './host-server.ts';
import type { TokenBook } from './token-book.ts';

/** What the token endpoints of the double work on. */
export interface TokenDesk {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly region: string;
  readonly tokens: TokenBook;
  readonly faults: FalconCloudFaults;
}

const tokenFields: ReadonlySet<string> = new Set(['client_id', 'client_secret', 'member_cid', 'grant_type']);
const revokeFields: ReadonlySet<string> = new Set(['token', 'client_id']);

/** `POST /oauth2/token`. */
export function answerToken(request: HostRequest, desk: TokenDesk, traceId: string): DoubleAnswer {
  if (desk.faults.govCloud) {
    return { status: 403, reason: 'GovCloud credentials at a commercial cloud (fault)' };
  }
  if (desk.faults.ipBlocked) {
    return refuse(403, 'access denied, authorization failed', traceId, 'the address is blocked (fault)');
  }
  const form = readForm(request, tokenFields, ['client_id', 'client_secret']);
  if (typeof form === 'string') {
    return refuse(400, 'invalid request', traceId, form);
  }
  if ((form.get('grant_type') ?? 'client_credentials') !== 'client_credentials') {
    return refuse(400, 'invalid grant type', traceId, 'grant_type is not client_credentials');
  }
  if (!equal(form.get('client_id')!, desk.clientId) || !equal(form.get('client_secret')!, desk.clientSecret)) {
    return refuse(403, 'access denied, invalid client id or secret', traceId, 'wrong client id or secret');
  }
  return {
    status: 201,
    headers: { 'x-cs-region': desk.region },
    json: { access_token: desk.tokens.issue(), expires_in: desk.tokens.lifetime, token_type: 'bearer' },
  };
}

/** `POST /oauth2/token` of a region the credentials do not belong to. */
export function redirectHome(request: HostRequest, home: string, region: string): DoubleAnswer {
  return {
    status: 308,
    headers: { location: `${home}${request.path}`, 'x-cs-region': region },
    reason: 'the credentials belong to another region',
  };
}

/** `POST /oauth2/revoke`. */
export function answerRevoke(request: HostRequest, desk: TokenDesk, traceId: string): DoubleAnswer {
  const basic = /^Basic ([\w+/]+=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!equal(Buffer.from(basic, 'base64').toString('utf8'), `${desk.clientId}:${desk.clientSecret}`)) {
    return refuse(403, 'access denied, invalid client id or secret', traceId, 'Authorization is not the basic pair');
  }
  const form = readForm(request, revokeFields, ['token']);
  if (typeof form === 'string') {
    return refuse(400, 'invalid request', traceId, form);
  }
  desk.tokens.revoke(form.get('token')!);
  return { status: 200, json: { meta: metaInfo(traceId), errors: [] } };
}

/** The fields of a form, or why it is none. */
function readForm(
  request: HostRequest,
  known: ReadonlySet<string>,
  required: readonly string[],
): URLSearchParams | string {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return `content-type is ${type ?? 'missing'}, not application/x-www-form-urlencoded`;
  }
  const form = new URLSearchParams(request.body.toString('utf8'));
  for (const name of new Set(form.keys())) {
    if (!known.has(name)) {
      return `unknown form field ${JSON.stringify(name.slice(0, 40))}`;
    }
    if (form.getAll(name).length > 1) {
      return `form field ${name} more than once`;
    }
  }
  const missing = required.find((name) => (form.get(name) ?? '') === '');
  return missing === undefined ? form : `form field ${missing} is missing`;
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
