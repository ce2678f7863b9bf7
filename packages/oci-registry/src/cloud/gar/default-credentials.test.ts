import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { IdentityAbsence } from '../identity-source.ts';
import { googleDefaultCredentials } from './default-credentials.ts';
import type { GoogleToken } from './google-token.ts';
import { type Machine, machine } from './machine.test-support.ts';

type Environment = Readonly<Record<string, string>>;

const loginFile = '/people/me/.config/gcloud/application_default_credentials.json';

function token(on: Machine, env: Environment): Promise<Partial<GoogleToken> & Partial<IdentityAbsence>> {
  return googleDefaultCredentials({ ...on.options, env }).get();
}

describe('googleDefaultCredentials', () => {
  it('takes the file that is named, then the login of gcloud, then the metadata server', async () => {
    const on = await machine();
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/key.json', HOME: '/people/me', GCE_METADATA_HOST: on.google.host };
    on.files.set('/key.json', on.google.serviceAccount()).set(loginFile, on.google.authorizedUser());
    expect((await token(on, env)).identity).toBe('service account key /key.json (GOOGLE_APPLICATION_CREDENTIALS)');
    const unnamed = { ...env, GOOGLE_APPLICATION_CREDENTIALS: '' };
    expect((await token(on, unnamed)).identity).toBe(`login in ${loginFile}`);
    on.files.delete(loginFile);
    expect((await token(on, unnamed)).identity).toBe('Google metadata server');
  });

  it.each([
    [{ CLOUDSDK_CONFIG: '/sdk', HOME: '/people/me' }, '/sdk/application_default_credentials.json'],
    [{ APPDATA: '/appdata' }, '/appdata/gcloud/application_default_credentials.json'],
  ])('finds the login of gcloud by %j', async (env, path) => {
    const on = await machine();
    on.files.set(path, on.google.authorizedUser());
    expect(await token(on, env)).toMatchObject({ token: 'ya29.user-1' });
  });

  it('does not go on where the file that is named is missing', async () => {
    const on = await machine();
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/none.json', GCE_METADATA_HOST: on.google.host };
    const error = await failureOf(token(on, env));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toContain('/none.json (GOOGLE_APPLICATION_CREDENTIALS): it does not exist');
    expect(on.google.requests).toEqual([]);
  });

  it('does not go on where the login of gcloud is damaged', async () => {
    const on = await machine();
    on.files.set(loginFile, '{');
    const error = await failureOf(token(on, { HOME: '/people/me', GCE_METADATA_HOST: on.google.host }));
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(on.google.requests).toEqual([]);
  });

  it.each([
    [{ HOME: '/people/me' }, `there is no ${loginFile}`],
    [{}, 'HOME is not set'],
  ])('tells all places it looked at where there is no identity: %j', async (env, words) => {
    const on = await machine({ http: async () => ({ status: 200, headers: {}, body: '' }) });
    const { absent } = await token(on, env);
    expect(absent).toBe(
      `credentials file: GOOGLE_APPLICATION_CREDENTIALS is not set; gcloud login: ${words}; metadata server: what answers at 169.254.169.254 is not the metadata server of Google`,
    );
  });
});
