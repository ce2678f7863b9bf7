import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { googleCredentialsFile } from './credentials-file.ts';
import type { GoogleToken } from './google-token.ts';
import { type Machine, machine } from './machine.test-support.ts';

function token(on: Machine, file: string): Promise<GoogleToken | IdentityAbsence> {
  on.files.set('/file.json', file);
  return googleCredentialsFile('/file.json', on.options).get();
}

describe('googleCredentialsFile', () => {
  it.each([
    ['not JSON', '{"private_key": "secret', 'it is not valid JSON'],
    ['an array', '["secret"]', 'it is not an object with credentials'],
    ['without a type', '{"key":"secret"}', '"type" is missing or of the wrong form'],
    [
      'of another type',
      '{"type":"impersonated_service_account"}',
      'type impersonated_service_account are not supported',
    ],
    ['of a made-up type', '{"type":"secret"}', '"type" is none that Google has'],
  ])('refuses a file that is %s', async (_, content, words) => {
    const on = await machine();
    const error = await failureOf(token(on, content));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toContain('/file.json: ');
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('secret');
    expect(error.cause).toBeUndefined();
  });

  it('names the types there are', async () => {
    const on = await machine();
    const error = await failureOf(token(on, '{"type":"gdch_service_account"}'));
    expect(error.hint).toContain('authorized_user, external_account, service_account');
  });

  it('refuses a file that is missing or cannot be read', async () => {
    const on = await machine();
    const missing = await failureOf(googleCredentialsFile('/none.json', on.options).get());
    expect(missing.message).toBe('[CREDENTIALS_INVALID] read credentials, /none.json: it does not exist');
    const readFile = () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }));
    const closed = await failureOf(googleCredentialsFile('/closed.json', { ...on.options, readFile }).get());
    expect(closed.message).toContain('/closed.json: EACCES');
    expect(closed.hint).toContain('readable');
  });

  it('sees a file that was replaced, with or without a byte order mark', async () => {
    const on = await machine();
    const tokens = googleCredentialsFile('/file.json', on.options);
    on.files.set('/file.json', '{}');
    await failureOf(tokens.get());
    on.files.set('/file.json', `\uFEFF${on.google.serviceAccount()}`);
    expect(await tokens.get()).toMatchObject({ token: 'ya29.account-1' });
  });

  it.each([
    [{}, 'other.example', '"universe_domain" is not googleapis.com'],
    [{ universeDomain: 'other.example' }, undefined, '"universe_domain" is not other.example'],
    [{ env: { GOOGLE_CLOUD_UNIVERSE_DOMAIN: 'other.example' } }, '', '"universe_domain" is not other.example'],
  ])('does not let the file choose the cloud: %j and %j', async (options, universe, words) => {
    const on = await machine(options);
    const error = await failureOf(token(on, on.google.serviceAccount({ universe_domain: universe })));
    expect(error.message).toContain(words);
    expect(on.google.requests).toEqual([]);
  });

  it('takes a file of the cloud that the options name', async () => {
    const on = await machine({ universeDomain: 'other.example' });
    expect(await token(on, on.google.serviceAccount({ universe_domain: 'other.example' }))).toBeDefined();
  });
});

describe('the login of a person', () => {
  it('is exchanged for a token', async () => {
    const on = await machine();
    const got = await token(on, on.google.authorizedUser());
    expect(got).toMatchObject({ token: 'ya29.user-1', identity: 'login in /file.json' });
    expect([...new URLSearchParams(on.google.requests[0]?.body).keys()]).not.toContain('scope');
  });

  it('that was revoked says to log in again, and not with which token', async () => {
    const on = await machine();
    const error = await failureOf(token(on, on.google.authorizedUser({ refresh_token: '1//short' })));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 400, retryable: false });
    expect(error.hint).toContain('gcloud auth application-default login');
    expect(error.message).toMatch(/invalid_grant, Bad Request \*\*\*$/);
  });

  it.each(['client_id', 'client_secret', 'refresh_token'])('without %s is an error that names it', async (field) => {
    const on = await machine();
    const error = await failureOf(token(on, on.google.authorizedUser({ [field]: undefined })));
    expect(error.message).toContain(`"${field}" is missing`);
  });

  it('does not go to a token service that is not Google', async () => {
    const on = await machine({ trustedHosts: [] });
    const error = await failureOf(token(on, on.google.authorizedUser()));
    expect(error.message).toContain('"token_uri" is not the oauth2 service of googleapis.com over https');
    expect(on.google.requests).toEqual([]);
  });
});
