import type { Environment } from '../cloud-options.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { envValue } from './env-value.ts';

/**
 * The URL of an AWS service: what `AWS_ENDPOINT_URL_SERVICE` or else `AWS_ENDPOINT_URL` names, as with the AWS SDKs, or
 * the usual host.
 *
 * @param service name of the service in the variable: `ECR`, `ECR_PUBLIC`, `STS`
 * @throws RegistryError `CREDENTIALS_INVALID` where the variable has no http or https URL
 */
export function serviceEndpoint(env: Environment, service: string, host: string): URL {
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
 * @throws RegistryError `CREDENTIALS_INVALID` where it is none of http or https, or has a user name in it
 */
export function httpUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw invalidSetting(name, 'it is not an http or https URL', `correct ${name}, or do not set it`);
  }
  return url;
}
