import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { RetryPolicy } from '../../transport/retry.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { googleCredentialsFile } from './credentials-file.ts';
import type { GoogleToken } from './google-token.ts';
import { type Machine, machine, testStart } from './machine.test-support.ts';

const minute = 60_000;

function token(on: Machine, file: string): Promise<GoogleToken | IdentityAbsence> {
  on.files.set('/key.json', file);
  return googleCredentialsFile('/key.json', on.options).get();
}

describe('a service account key', () => {
  it('is exchanged for a token by an assertion that the token service accepts', async () => {
    const on = await machine();
    expect(await token(on, on.google.serviceAccount())).toEqual({
      token: 'ya29.account-1',
      expiresAt: testStart + 60 * minute,
      identity: 'service account key /key.json',
    });
  });

  it.each([
    ['5 minutes ahead', 5 * minute],
    ['59 minutes behind', -59 * minute],
  ])('works with a clock %s', async (_, skew) => {
    const on = await machine();
    on.clock.machine += skew;
    expect(await token(on, on.google.serviceAccount())).toMatchObject({ token: 'ya29.account-1' });
  });

  it.each([
    ['ahead', 7 * minute, '7 minutes ahead'],
    ['behind', -90 * minute, '90 minutes behind'],
  ])('says that the clock is %s where that is why it is refused', async (_, skew, words) => {
    const on = await machine();
    on.clock.machine += skew;
    const error = await failureOf(token(on, on.google.serviceAccount()));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 400, retryable: false });
    expect(error.message).toMatch(/\/key\.json.*POST 127\.0\.0\.1:\d+\/token: HTTP 400, invalid_grant, Invalid JWT/);
    expect(error.hint).toContain(`the clock of this machine is ${words}`);
  });

  it('is refused where the key was replaced, and the error holds neither key nor assertion', async () => {
    const on = await machine();
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pem = other.export({ type: 'pkcs8', format: 'pem' }).toString();
    const error = await failureOf(token(on, on.google.serviceAccount({ private_key: pem })));
    expect(error.message).toContain('Invalid JWT Signature');
    expect(error.hint).toContain('the key still exists');
    const sent = new URLSearchParams(on.google.requests[0]?.body).get('assertion') ?? '';
    expect(sent.length).toBeGreaterThan(400);
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain(sent.slice(-40));
    expect(error.cause).toBeUndefined();
  });

  it('does not repeat the assertion that an answer repeats', async () => {
    const on = await machine();
    on.google.reply('/token', { status: 400, body: { error: 'invalid_grant', error_description: 'x '.repeat(10) } });
    await failureOf(token(on, on.google.serviceAccount()));
    const assertion = new URLSearchParams(on.google.requests[0]?.body).get('assertion') ?? '';
    on.google.reply('/token', { status: 400, body: { error: assertion, error_description: `for ${assertion}` } });
    const error = await failureOf(token(on, on.google.serviceAccount()));
    expect(error.message).toMatch(/HTTP 400, \*\*\*, for \*\*\*$/);
  });

  it.each([
    ['client_email', undefined],
    ['client_email', ''],
    ['private_key', undefined],
    ['private_key', 7],
    ['private_key', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n'],
    ['private_key_id', 7],
    ['token_uri', 'token'],
    ['token_uri', 'http://oauth2.example/token'],
    ['token_uri', 'ftp://127.0.0.1/token'],
    ['token_uri', 'https://me:secret@oauth2.example/token'],
  ])('with %s of %j is an error that names the field and not the value', async (field, value) => {
    const on = await machine();
    const error = await failureOf(token(on, on.google.serviceAccount({ [field]: value })));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toMatch(new RegExp(`/key\\.json: "${field}" is`));
    expect(error.message).not.toMatch(/secret|c2VjcmV0/);
    expect(on.google.requests).toEqual([]);
  });

  it('with an elliptic key is an error', async () => {
    const on = await machine();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const error = await failureOf(token(on, on.google.serviceAccount({ private_key: pem })));
    expect(error.message).toContain('"private_key" is not an RSA key in PEM form');
  });

  it('does not ask a metadata address', async () => {
    const on = await machine();
    const error = await failureOf(token(on, on.google.serviceAccount({ token_uri: 'https://169.254.169.254/token' })));
    expect(error.code).toBe('ADDRESS_FORBIDDEN');
  });

  it('asks Google where the file names no token service', async () => {
    const asked: string[] = [];
    const on = await machine({
      http: async ({ url }) => {
        asked.push(url.href);
        return { status: 200, headers: {}, body: '{"access_token":"t","expires_in":"60"}' };
      },
    });
    await token(on, on.google.serviceAccount({ token_uri: undefined, private_key_id: undefined }));
    expect(asked).toEqual(['https://oauth2.googleapis.com/token']);
  });

  it('has the scope that is asked for', async () => {
    const on = await machine({ scope: 'https://www.googleapis.com/auth/cloud-platform.read-only' });
    const error = await failureOf(token(on, on.google.serviceAccount()));
    expect(error.message).toContain('invalid_scope');
  });
});

describe('a token service', () => {
  it('that is busy is asked again after the time it names', async () => {
    const on = await machine();
    on.google.reply(
      '/token',
      { status: 429, body: '', headers: { 'retry-after': '2' } },
      { status: 503, body: 'busy' },
    );
    expect(await token(on, on.google.serviceAccount())).toMatchObject({ token: 'ya29.account-1' });
    expect(on.waits).toEqual([2000, 500]);
  });

  it('that stays busy is an error that may be tried again', async () => {
    const on = await machine();
    const throttled = { status: 429, body: { error: 'rate' }, headers: { 'retry-after': '90' } };
    on.google.reply('/token', throttled);
    const error = await failureOf(token(on, on.google.serviceAccount()));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 429, retryable: true, retryAfter: 90_000 });
    expect(error.hint).toContain('try again later');
    expect(on.google.requests).toHaveLength(1);
  });

  it('that cannot be reached is asked three times', async () => {
    const on = await machine();
    const error = await failureOf(token(on, on.google.serviceAccount({ token_uri: 'http://127.0.0.1:1/token' })));
    expect(error.code).toBe('NETWORK');
    expect(on.waits).toHaveLength(2);
  });

  it.each([
    ['a page', '<html>login</html>'],
    ['no token', { expires_in: 3600 }],
    ['a token with a line break', { access_token: 'a\r\nb', expires_in: 3600 }],
    ['a token that has ended', { access_token: 'secret-token', expires_in: 0 }],
    ['a token without end', { access_token: 'secret-token' }],
    ['an array', ['secret-token']],
  ])('that sends %s is an error without what it sent', async (_, body) => {
    const on = await machine();
    on.google.reply('/token', { status: 200, body });
    const error = await failureOf(token(on, on.google.serviceAccount()));
    expect(error.code).toBe('RESPONSE_INVALID');
    expect(error.message).toMatch(/\/token: the answer has no usable token$/);
    expect(error.cause).toBeUndefined();
  });

  it('that sends too much is an error', async () => {
    const on = await machine();
    on.google.reply('/token', { status: 200, body: ' '.repeat(1024 * 1024 + 1) });
    expect((await failureOf(token(on, on.google.serviceAccount()))).code).toBe('RESPONSE_TOO_LARGE');
  });

  it('that redirects is not followed', async () => {
    const on = await machine();
    on.google.reply('/token', { status: 307, body: '', headers: { location: `http://${on.google.host}/elsewhere` } });
    const error = await failureOf(token(on, on.google.serviceAccount()));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 307 });
    expect(on.google.requests.map(({ path }) => path)).toEqual(['/token']);
  });

  it('that promises a token for ever is believed for 12 hours', async () => {
    const on = await machine();
    on.google.reply('/token', { status: 200, body: { access_token: 't', expires_in: 1e300 } });
    expect(await token(on, on.google.serviceAccount())).toMatchObject({ expiresAt: testStart + 12 * 60 * minute });
  });

  it('is left alone when the caller aborts, with the reason of the signal', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const sleep: RetryPolicy['sleep'] = async (_, { signal }) => {
      controller.abort(reason);
      signal?.throwIfAborted();
    };
    const on = await machine({ retry: { sleep } });
    on.google.reply('/token', { status: 503, body: '' });
    on.files.set('/key.json', on.google.serviceAccount());
    const { signal } = controller;
    await expect(googleCredentialsFile('/key.json', on.options).get({ signal })).rejects.toBe(reason);
    await expect(googleCredentialsFile('/key.json', on.options).get({ signal })).rejects.toBe(reason);
    await expect.poll(() => on.google.connections()).toBe(0);
  });
});
