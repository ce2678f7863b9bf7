import { createHash, createHmac } from 'node:crypto';
import type { AwsCredentials } from './aws-credentials.ts';

/** A request to be signed. */
export interface SignableRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case, without `host`. All are signed, so none may be changed on the way. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** For whom and when it is signed. */
export interface SigningScope {
  readonly credentials: Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
  readonly region: string;
  /** The service's name in signatures: `ecr`. */
  readonly service: string;
  /** ms since the epoch. AWS takes no more than five minutes of difference to its own clock. */
  readonly time: number;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
/** By code points as UTF-8 orders them, which for what is compared here (ASCII) is the order of code units. */
const ordered = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Percent-encoding of RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}

function canonicalQuery(url: URL): string {
  const pairs = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encode(decode(name)), encode(decode(value.join('=')))] as const;
    });
  pairs.sort((a, b) => ordered(a[0], b[0]) || ordered(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

/** `URL` has removed dot segments and encoded once; every service but S3 encodes once more. */
const canonicalPath = (url: URL): string => url.pathname.split('/').map(encode).join('/');

function canonicalHeaders(headers: Readonly<Record<string, string>>): { names: string; lines: string } {
  const entries = Object.entries(headers).sort((a, b) => ordered(a[0], b[0]));
  return {
    names: entries.map(([name]) => name).join(';'),
    lines: entries.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, ' ')}\n`).join(''),
  };
}

/**
 * The headers of a request with a signature (AWS Signature Version 4 in the `Authorization` header): those it had, and
 * `x-amz-date`, `x-amz-security-token` where the credentials are temporary, `authorization`.
 */
export function signedHeaders(request: SignableRequest, scope: SigningScope): Record<string, string> {
  const { credentials, region, service } = scope;
  const date = new Date(scope.time).toISOString().replace(/\.[0-9]{3}|[-:]/g, '');
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': date,
    ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
  };
  const { names, lines } = canonicalHeaders({ ...headers, host: request.url.host });
  const canonical = [
    request.method,
    canonicalPath(request.url),
    canonicalQuery(request.url),
    lines,
    names,
    sha256(request.body),
  ].join('\n');
  const steps = [date.slice(0, 8), region, service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', date, steps.join('/'), sha256(canonical)].join('\n');
  const key = steps.reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `${credentials.accessKeyId}/${steps.join('/')}`;
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return headers;
}
