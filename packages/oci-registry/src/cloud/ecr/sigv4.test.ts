import { describe, expect, it } from 'vitest';
import { type SignableRequest, signedHeaders } from './sigv4.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const scope = { region: 'us-east-1', service: 'service', time: Date.parse('2015-08-30T12:36:00Z') };

function signatureOf(request: Partial<SignableRequest> & { path?: string }, sessionToken?: string): string {
  const { method = 'GET', headers = {}, body = '', path = '/' } = request;
  const url = new URL(`https://example.amazonaws.com${path}`);
  const signed = signedHeaders(
    { method, headers, body, url },
    { ...scope, credentials: { ...credentials, sessionToken } },
  );
  return signed.authorization ?? '';
}

const unreserved = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Requests and signatures of the test suite that AWS publishes for Signature Version 4. */
describe('signedHeaders gives the signatures of the AWS test suite', () => {
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      { path: '/?Param2=value2&Param1=value1' },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-query-order-encoded',
      { path: '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1' },
      '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
    ],
    [
      'get-vanilla-query-unreserved',
      { path: `/?${unreserved}=${unreserved}` },
      '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
    ],
    ['get-vanilla-utf8-query', { path: '/?ሴ=bar' }, '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04'],
    [
      'get-header-value-trim',
      { headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' } },
      'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
    ],
    [
      'get-header-value-order',
      { headers: { 'my-header1': 'value4,value1,value3,value2' } },
      '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
    ],
    ['post-vanilla', { method: 'POST' }, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-vanilla-empty-query-value',
      { method: 'POST', path: '/?Param1=value1' },
      '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
    ],
    [
      'post-header-key-sort',
      { method: 'POST', headers: { 'my-header1': 'value1' } },
      'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        body: 'Param1=value1',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': '13',
          'x-amz-content-sha256': '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e',
        },
      },
      'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
    ],
  ])('%s', (_, request, signature) => {
    expect(signatureOf(request).split('Signature=')[1]).toBe(signature);
  });

  it('get-vanilla-with-session-token', () => {
    const token = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267';
    expect(signatureOf({}, token)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ' +
        'SignedHeaders=host;x-amz-date;x-amz-security-token, ' +
        'Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
    );
  });

  it('post-sts-header-before', () => {
    const token =
      'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';
    expect(signatureOf({ method: 'POST' }, token)).toContain(
      '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    );
  });
});

describe('signedHeaders', () => {
  it('leaves what was there, and adds the date and the session token', () => {
    const url = new URL('https://example.amazonaws.com/');
    const request = { method: 'POST', url, headers: { 'x-amz-target': 'T' }, body: '{}' };
    const signed = signedHeaders(request, { ...scope, credentials: { ...credentials, sessionToken: 'S' } });
    expect(signed).toMatchObject({
      'x-amz-target': 'T',
      'x-amz-date': '20150830T123600Z',
      'x-amz-security-token': 'S',
    });
    expect(signed.authorization).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target,');
    expect(request.headers).toEqual({ 'x-amz-target': 'T' });
  });

  it('sorts parameters of one name by value, and takes a plus for a space', () => {
    expect(signatureOf({ path: '/?a=2&a=1&b=x+y' })).toBe(signatureOf({ path: '/?b=x%20y&a=1&a=2' }));
    expect(signatureOf({ path: '/?a=1&a=2' })).not.toBe(signatureOf({ path: '/?a=12&a=' }));
  });
});
