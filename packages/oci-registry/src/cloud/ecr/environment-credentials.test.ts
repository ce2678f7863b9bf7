import { describe, expect, it } from 'vitest';
import { environmentCredentials } from './environment-credentials.ts';

describe('environmentCredentials', () => {
  it('has the keys of the variables as they are at each call', async () => {
    const env: Record<string, string> = { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 's' };
    const provider = environmentCredentials({ env });
    expect(await provider.get()).toEqual({ accessKeyId: 'AKIA1', secretAccessKey: 's', sessionToken: undefined });
    env.AWS_SESSION_TOKEN = 't';
    expect(await provider.get()).toMatchObject({ sessionToken: 't' });
  });

  it.each([
    [{}, 'AWS_ACCESS_KEY_ID is not set'],
    [{ AWS_ACCESS_KEY_ID: ' ' }, 'AWS_ACCESS_KEY_ID is not set'],
    [{ AWS_ACCESS_KEY_ID: 'a' }, 'AWS_SECRET_ACCESS_KEY is not set'],
  ])('is absent with %j', async (env, absent) => {
    expect(await environmentCredentials({ env }).get()).toEqual({ absent });
  });
});
