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
  /** Customer id with checksum. */
  readonly ccid: string;
  /** Child customers a token may be asked for, with checksum. Absent: any. */
  readonly memberCcids: readonly string[] | undefined;
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
  const member = form.get('member_cid');
  const ccid = member === null ? desk.ccid : findMember(member, desk.memberCcids);
  if (ccid === undefined) {
    return refuse(403, 'access denied, invalid member cid', traceId, 'member_cid is no child customer');
  }
  return {
    status: 201,
    headers: { 'x-cs-region': desk.region },
    json: { access_token: desk.tokens.issue(ccid), expires_in: desk.tokens.lifetime, token_type: 'bearer' },
  };
}

/** The id with checksum of the child customer that is asked for, which may be named with or without. */
function findMember(asked: string, members: readonly string[] | undefined): string | undefined {
  const [, id, checksum] = /^([0-9a-f]{32})(?:-([0-9a-f]{2}))?$/i.exec(asked) ?? [];
  if (id === undefined) {
    return undefined;
  }
  // How a checksum is computed is not public.
  const known = members ?? [`${id}-${checksum ?? '00'}`];
  return known.find((ccid) => ccid.toLowerCase().startsWith(asked.toLowerCase()));
}

/**
 * `POST /oauth2/token` of a region the credentials do not belong to.
 *
 * @param home - Origin of the home region's API host; `undefined` where the answer shall not name it.
 */
export function redirectHome(request: HostRequest, home: string | undefined, region: string): DoubleAnswer {
  return {
    status: 308,
    headers: { ...(home === undefined ? {} : { location: `${home}${request.path}` }), 'x-cs-region': region },
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
      // A body that is no form becomes one long name, which may be a secret.
      return `unknown form field${/^[a-z_]{1,30}$/.test(name) ? ` ${JSON.stringify(name)}` : ''}`;
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
