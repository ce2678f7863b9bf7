import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { defaultAwsCredentials } from './default-credentials.ts';
import { errorReply } from './ecr-double.test-support.ts';
import { machine } from './machine.test-support.ts';

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
    expect(await provider.get()).toMatchObject({ accessKeyId: 'AKIA1' });
    delete env.AWS_ACCESS_KEY_ID;
    await failureOf(provider.get());
    delete env.AWS_ROLE_ARN;
    await failureOf(provider.get());
    delete env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
    await provider.get();
    expect(double.requests.map(({ service }) => service)).toEqual(['sts', 'container', 'metadata', 'metadata']);
  });
});
