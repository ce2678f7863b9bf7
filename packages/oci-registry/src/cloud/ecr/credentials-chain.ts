import type { AwsCredentialsProvider } from './aws-credentials.ts';
import type { AwsOptions } from './aws-options.ts';
import { containerCredentials } from './container-credentials.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { instanceCredentials } from './instance-credentials.ts';
import { webIdentityCredentials } from './web-identity-credentials.ts';

/**
 * Asks one provider after the other until one has credentials. One that rejects ends it: it was set up, so another
 * identity must not be taken in its place. Where none has any, the absence says for each one why.
 */
export function chainAwsCredentials(...providers: readonly AwsCredentialsProvider[]): AwsCredentialsProvider {
  return {
    name: 'chain',
    async provide(options) {
      const reasons: string[] = [];
      for (const provider of providers) {
        const answer = await provider.provide(options);
        if (!('absent' in answer)) return answer;
        reasons.push(`${provider.name} (${answer.absent})`);
      }
      return { absent: reasons.join(', ') || 'no provider was given' };
    },
  };
}

/**
 * Where the AWS SDKs look, in their order: environment, web identity (IRSA), container (EKS Pod Identity, ECS),
 * instance metadata. Configuration files and profiles are not read, so neither are `credential_process` and SSO.
 */
export function defaultAwsCredentials(options: AwsOptions = {}): AwsCredentialsProvider {
  return chainAwsCredentials(
    environmentCredentials(options),
    webIdentityCredentials(options),
    containerCredentials(options),
    instanceCredentials(options),
  );
}
