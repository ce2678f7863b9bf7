import { createHash, createHmac } from 'node:crypto';
import type { Arrived, KnownKey } from './ecr-double.test-support.ts';

/** What AWS would say. */
export interface Rejection {
  readonly type: string;
  readonly message: string;
}

const reject = (type: string, message: string): Rejection => ({ type, message });
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Values of one header in the order in which they stand on the wire. */
function wireValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

/** The signature as AWS computes it from what arrived: only for `POST /` without a query. */
function expected(request: Arrived, names: string, date: string, scope: readonly string[], secret: string): string {
  let canonical = `${request.method}\n${request.path}\n\n`;
  for (const name of names.split(';')) canonical += `${name}:${wireValues(request.rawHeaders, name).join(',')}\n`;
  canonical += `\n${names}\n${digest(request.body)}`;
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const step of scope) key = createHmac('sha256', key).update(step).digest();
  const text = `AWS4-HMAC-SHA256\n${date}\n${scope.join('/')}\n${digest(canonical)}`;
  return createHmac('sha256', key).update(text).digest('hex');
}

/** What everything that is signed must have. */
function unsigned(request: Arrived, names: readonly string[]): string | undefined {
  const present = Object.keys(request.headers).filter((name) => /^(?:host|content-type|x-amz-.*)$/.test(name));
  if ([...names].sort().join() !== names.join()) return 'order';
  return present.find((name) => !names.includes(name));
}

/** Why AWS would refuse the signature of a request, or `undefined`. Written apart from the signer, from the wire only. */
export function rejection(
  request: Arrived,
  service: string,
  keys: ReadonlyMap<string, KnownKey>,
  now: number,
): Rejection | undefined {
  const header =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/(aws4_request), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const match = header.exec(request.headers.authorization ?? '');
  if (match === null) return reject('IncompleteSignatureException', 'Authorization header is malformed');
  const [, id = '', day = '', region = '', name = '', end = '', signed = '', signature] = match;
  const known = keys.get(id);
  const security = request.headers['x-amz-security-token'];
  if (known === undefined || known.sessionToken !== security) {
    return reject('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (name !== service) return reject('InvalidSignatureException', `Credential should be scoped to service ${service}`);
  if (!request.host.split('.').includes(region)) return reject('InvalidSignatureException', 'wrong region');
  const forgotten = unsigned(request, signed.split(';'));
  if (forgotten !== undefined) return reject('InvalidSignatureException', `${forgotten} must be signed`);
  const date = request.headers['x-amz-date'] ?? '';
  const time = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!date.startsWith(day) || Number.isNaN(time)) return reject('InvalidSignatureException', 'date');
  if (expected(request, signed, date, [day, region, name, end], known.secret) !== signature) {
    // As AWS does, which quotes what was signed.
    return reject(
      'InvalidSignatureException',
      `The Canonical String should have been 'x-amz-security-token:${security}'`,
    );
  }
  if (time < now - 300_000) return reject('InvalidSignatureException', `Signature expired: ${date} is now earlier`);
  if (time > now + 300_000) return reject('InvalidSignatureException', `Signature not yet current: ${date} is later`);
  return undefined;
}
