import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { googleCredentialsFile } from './credentials-file.ts';
import type { GoogleToken } from './google-token.ts';
import { type Machine, machine, testStart } from './machine.test-support.ts';

function token(on: Machine, changes: Readonly<Record<string, unknown>> = {}): Promise<GoogleToken | IdentityAbsence> {
  on.files.set('/file.json', on.google.externalAccount(changes));
  return googleCredentialsFile('/file.json', on.options).get();
}

const sentForm = (on: Machine): URLSearchParams =>
  new URLSearchParams(on.google.requests.find(({ path }) => path === '/v1/token')?.body);

describe('an external account', () => {
  it('exchanges the token in a file', async () => {
    const on = await machine();
    on.files.set('/token-file', `${on.google.subjectToken}\n`);
    expect(await token(on)).toEqual({
      token: 'ya29.federated-1',
      expiresAt: testStart + 3_600_000,
      identity: 'external account /file.json',
    });
    expect(sentForm(on).get('scope')).toBe('https://www.googleapis.com/auth/devstorage.read_only');
  });

  it('exchanges a field of JSON in a file', async () => {
    const on = await machine();
    on.files.set('/token-file', JSON.stringify({ access_token: on.google.subjectToken }));
    const format = { type: 'json', subject_token_field_name: 'access_token' };
    expect(await token(on, { credential_source: { file: '/token-file', format } })).toBeDefined();
  });

  it('exchanges the token at a URL that wants headers', async () => {
    const on = await machine();
    const credential_source = {
      url: `http://${on.google.host}/subject`,
      headers: { 'X-Key': 'open' },
      format: { type: 'json', subject_token_field_name: 'id_token' },
    };
    expect(await token(on, { credential_source })).toMatchObject({ token: 'ya29.federated-1' });
  });

  it('asks the metadata address of another cloud past any proxy', async () => {
    const asked: unknown[] = [];
    const on = await machine({
      http: async ({ url, direct, headers }) => {
        asked.push([url.host, direct ?? false, headers?.metadata ?? null]);
        return { status: 200, headers: {}, body: '{"access_token":"t","expires_in":60}' };
      },
    });
    const url = 'http://169.254.169.254/metadata/identity/oauth2/token?resource=x';
    const format = { type: 'json', subject_token_field_name: 'access_token' };
    await token(on, { credential_source: { url, headers: { Metadata: 'True' }, format } });
    expect(asked).toEqual([
      ['169.254.169.254', true, 'True'],
      [on.google.host, false, null],
    ]);
  });

  it('acts as a service account, for as long as the file says', async () => {
    const on = await machine();
    on.files.set('/token-file', on.google.subjectToken);
    const service_account_impersonation_url = on.google.impersonationUrl;
    const impersonation = { token_lifetime_seconds: 7200 };
    expect(
      await token(on, { service_account_impersonation_url, service_account_impersonation: impersonation }),
    ).toEqual({
      token: 'ya29.impersonated',
      expiresAt: testStart + 7_200_000,
      identity: 'external account /file.json',
    });
    expect(sentForm(on).get('scope')).toBe('https://www.googleapis.com/auth/cloud-platform');
    expect(JSON.parse(on.google.requests[1]?.body ?? '')).toEqual({
      scope: ['https://www.googleapis.com/auth/devstorage.read_only'],
      lifetime: '7200s',
    });
    expect(await token(on, { service_account_impersonation_url })).toMatchObject({ expiresAt: testStart + 3_600_000 });
  });

  it('says what is missing where it may not act as the service account', async () => {
    const on = await machine();
    on.files.set('/token-file', on.google.subjectToken);
    const path = new URL(on.google.impersonationUrl).pathname;
    const error = {
      error: { code: 403, status: 'PERMISSION_DENIED', message: 'no iam.serviceAccounts.getAccessToken' },
    };
    on.google.reply(path, { status: 403, body: error });
    const failure = await failureOf(token(on, { service_account_impersonation_url: on.google.impersonationUrl }));
    expect(failure).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 403 });
    expect(failure.message).toContain('HTTP 403, PERMISSION_DENIED, no iam.serviceAccounts.getAccessToken');
    expect(failure.hint).toContain('roles/iam.workloadIdentityUser');
  });

  it('refuses an answer of IAM that is no token', async () => {
    const on = await machine();
    on.files.set('/token-file', on.google.subjectToken);
    const path = new URL(on.google.impersonationUrl).pathname;
    on.google.reply(path, { status: 200, body: { accessToken: 'secret', expireTime: 'soon' } });
    const failure = await failureOf(token(on, { service_account_impersonation_url: on.google.impersonationUrl }));
    expect(failure.code).toBe('RESPONSE_INVALID');
  });

  it('tells that its token is refused, and not the token', async () => {
    const on = await machine();
    on.files.set('/token-file', 'a.stale-token.x');
    const error = await failureOf(token(on));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 400, retryable: false });
    expect(error.message).toMatch(/invalid_grant, ID Token \*\*\* is stale to sign-in\.$/);
    expect(error.hint).toContain('"audience"');
  });

  it('says who the client is, or which project pays', async () => {
    const on = await machine();
    on.files.set('/token-file', on.google.subjectToken);
    await token(on, { workforce_pool_user_project: 'payer' });
    expect(sentForm(on).get('options')).toBe('{"userProject":"payer"}');
    expect(on.google.requests[0]?.headers.authorization).toBeUndefined();
    on.google.requests.length = 0;
    await token(on, { client_id: 'me', client_secret: 'pass', workforce_pool_user_project: 'payer' });
    expect(on.google.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:pass').toString('base64')}`);
    expect(sentForm(on).get('options')).toBeNull();
  });
});

describe('the source of an external account', () => {
  it.each([
    ['audience', { audience: '' }],
    ['subject_token_type', { subject_token_type: undefined }],
    ['credential_source', { credential_source: undefined }],
    ['credential_source.file', { credential_source: { file: 7 } }],
    ['credential_source.headers', { credential_source: { url: 'https://a.example', headers: { 'a b': 'secret' } } }],
    [
      'credential_source.headers',
      { credential_source: { url: 'https://a.example', headers: { a: 'secret\r\nb: c' } } },
    ],
    ['credential_source.format', { credential_source: { file: '/f', format: { type: 'xml' } } }],
    ['credential_source.format', { credential_source: { file: '/token-file', format: { type: 'json' } } }],
    ['credential_source', { credential_source: {} }],
    ['credential_source', { credential_source: { file: '/f', url: 'https://a.example' } }],
    ['credential_source.url', { credential_source: { url: 'http://tokens.example/secret' } }],
    ['credential_source.url', { credential_source: { url: 'file:///etc/shadow' } }],
    [
      'service_account_impersonation.token_lifetime_seconds',
      { service_account_impersonation: { token_lifetime_seconds: 60 } },
    ],
  ])('is an error that names %s', async (field, changes) => {
    const on = await machine();
    on.files.set('/token-file', on.google.subjectToken);
    const error = await failureOf(token(on, changes));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toContain(`/file.json: "${field}" `);
    expect(error.message).not.toContain('secret');
    expect(on.google.requests).toEqual([]);
  });

  it.each([
    ['environment_id', { environment_id: 'aws1', regional_cred_verification_url: 'https://sts.example' }],
    ['executable', { executable: { command: '/bin/sh' } }],
    ['certificate', { certificate: {} }],
  ])('that is %s is said not to be supported', async (field, credential_source) => {
    const on = await machine();
    const error = await failureOf(token(on, { credential_source }));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toMatch(new RegExp(`\\(${field}\\) (?:is|are) not supported`));
    expect(error.hint).toContain('file or url');
  });

  it.each([
    ['empty', ' \n', undefined],
    ['not JSON', 'secret', 'token'],
    ['JSON without the field', '{"other":"secret"}', 'token'],
    ['JSON with another kind of field', '{"token":7}', 'token'],
    ['JSON of a prototype', '{}', 'constructor'],
    ['null', 'null', 'token'],
  ])('that is %s has no token', async (_, content, name) => {
    const on = await machine();
    on.files.set('/token-file', content);
    const format = name === undefined ? undefined : { type: 'json', subject_token_field_name: name };
    const error = await failureOf(token(on, { credential_source: { file: '/token-file', format } }));
    expect(error.code).toBe('CREDENTIALS_UNAVAILABLE');
    expect(error.message).toContain('/token-file ("credential_source.file" of /file.json): none there');
    expect(error.message).not.toContain('secret');
  });

  it('names the file that is missing', async () => {
    const on = await machine();
    const error = await failureOf(token(on));
    expect(error.message).toContain('/token-file ("credential_source.file" of /file.json): it does not exist');
  });

  it('names the URL that refuses, without query and without the headers sent', async () => {
    const on = await machine();
    const url = `http://${on.google.host}/subject?sig=signature`;
    on.google.reply('/subject?sig=signature', { status: 401, body: { error: 'unknown key-of-ours' } });
    const error = await failureOf(token(on, { credential_source: { url, headers: { 'x-key': 'key-of-ours' } } }));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 401 });
    expect(error.message).toMatch(/GET 127\.0\.0\.1:\d+\/subject: HTTP 401, unknown \*\*\*$/);
  });
});
