import type { CloudOptions } from '../cloud-options.ts';
import { chainIdentities } from '../identity-source.ts';
import type { AwsCredentialsSource } from './aws-credentials.ts';
import { containerCredentials } from './container-credentials.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { instanceCredentials } from './instance-credentials.ts';
import { webIdentityCredentials } from './web-identity-credentials.ts';

/**
 * Where the AWS SDKs look, in their order: environment, web identity (IRSA), container (EKS Pod Identity, ECS),
 * instance metadata. Configuration files and profiles are not read, so neither are `credential_process` and SSO.
 */
export function defaultAwsCredentials(options: CloudOptions = {}): AwsCredentialsSource {
  return chainIdentities(
    environmentCredentials(options),
    webIdentityCredentials(options),
    containerCredentials(options),
    instanceCredentials(options),
  );
}
