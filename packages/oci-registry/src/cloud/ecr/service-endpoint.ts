import { RegistryError } from '../../error.ts';
import { type AwsEnvironment, envValue } from './aws-options.ts';

/**
 * The URL of an AWS service: what `AWS_ENDPOINT_URL_SERVICE` or else `AWS_ENDPOINT_URL` names, as with the AWS SDKs, or
 * the usual host.
 *
 * @param service name of the service in the variable: `ECR`, `ECR_PUBLIC`, `STS`
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` where the variable has no http or https URL
 */
export function serviceEndpoint(env: AwsEnvironment, service: string, host: string): URL {
  const names = [`AWS_ENDPOINT_URL_${service}`, 'AWS_ENDPOINT_URL'];
  const ignored = envValue(env, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true';
  const name = ignored ? undefined : names.find((candidate) => envValue(env, candidate) !== undefined);
  if (name === undefined) return new URL(`https://${host}/`);
  const { origin, pathname } = httpUrl(name, envValue(env, name) ?? '');
  return new URL(pathname, origin);
}

/**
 * A URL that a variable names.
 *
 * @throws RegistryError `CREDENTIALS_UNAVAILABLE` where it is none of http or https, or has a user name in it
 */
export function httpUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RegistryError(
      'CREDENTIALS_UNAVAILABLE',
      `find AWS credentials, ${name}: it is not an http or https URL`,
      {
        hint: `correct ${name}, or do not set it`,
      },
    );
  }
  return url;
}
