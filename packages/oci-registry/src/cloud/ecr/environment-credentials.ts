import { type CloudOptions, cloudContext } from '../cloud-options.ts';
import type { AwsCredentialsSource } from './aws-credentials.ts';
import { envValue } from './env-value.ts';

/** Keys in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for temporary ones, `AWS_SESSION_TOKEN`. */
export function environmentCredentials(options: CloudOptions = {}): AwsCredentialsSource {
  const { env } = cloudContext(options);
  return {
    name: 'environment',
    get({ signal } = {}) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      const accessKeyId = envValue(env, 'AWS_ACCESS_KEY_ID');
      if (accessKeyId === undefined) return Promise.resolve({ absent: 'AWS_ACCESS_KEY_ID is not set' });
      const secretAccessKey = envValue(env, 'AWS_SECRET_ACCESS_KEY');
      if (secretAccessKey === undefined) return Promise.resolve({ absent: 'AWS_SECRET_ACCESS_KEY is not set' });
      const sessionToken = envValue(env, 'AWS_SESSION_TOKEN');
      return Promise.resolve({ accessKeyId, secretAccessKey, sessionToken });
    },
  };
}
