import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { AwsCredentialsProvider } from './aws-credentials.ts';
import { chainAwsCredentials, defaultAwsCredentials } from './credentials-chain.ts';
import { errorReply } from './ecr-double.test-support.ts';
import { machine } from './machine.test-support.ts';

describe('chainAwsCredentials', () => {
  const absent = (name: string): AwsCredentialsProvider => ({ name, provide: async () => ({ absent: 'nothing' }) });
  const keys = { accessKeyId: 'a', secretAccessKey: 's' };

  it('takes the first that has any, and tells why each has none', async () => {
    const last: AwsCredentialsProvider = { name: 'last', provide: () => expect.fail('not needed') };
    const has: AwsCredentialsProvider = { name: 'has', provide: async () => keys };
    expect(await chainAwsCredentials(absent('one'), has, last).provide()).toBe(keys);
    expect(await chainAwsCredentials(absent('one'), absent('two')).provide()).toEqual({
      absent: 'one (nothing), two (nothing)',
    });
    expect(await chainAwsCredentials().provide()).toEqual({ absent: 'no provider was given' });
  });

  it('takes no other identity in the place of one that fails', async () => {
    const error = new RegistryError('CREDENTIALS_UNAVAILABLE', 'refused');
    const failing: AwsCredentialsProvider = { name: 'failing', provide: () => Promise.reject(error) };
    const other: AwsCredentialsProvider = { name: 'other', provide: async () => keys };
    expect(await failureOf(chainAwsCredentials(failing, other).provide())).toBe(error);
  });
});

describe('defaultAwsCredentials', () => {
  it('asks in the order of the AWS SDKs', async () => {
    const env: Record<string, string> = {
      AWS_ACCESS_KEY_ID: 'AKIA1',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_ROLE_ARN: 'arn:aws:iam::1:role/a',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/c',
    };
    const { double, options } = await machine(env, { '/token': 'token' });
    double.replies.sts.push(errorReply(403, 'AccessDenied'));
    const provider = defaultAwsCredentials(options);
    expect(await provider.provide()).toMatchObject({ accessKeyId: 'AKIA1' });
    delete env.AWS_ACCESS_KEY_ID;
    await failureOf(provider.provide());
    delete env.AWS_ROLE_ARN;
    await failureOf(provider.provide());
    delete env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
    await provider.provide();
    expect(double.requests.map(({ service }) => service)).toEqual(['sts', 'container', 'metadata', 'metadata']);
  });
});
