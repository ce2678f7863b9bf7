import { forbiddenAddress, isForbiddenAddress, isLoopbackHost } from '../../transport/address.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { type CredentialDocument, invalidCredentials } from './credential-document.ts';
import type { GoogleContext } from './google-options.ts';

/** A service of Google that gives tokens. */
export type TokenService = 'iamcredentials' | 'oauth2' | 'sts';

/** Names under a universe's domain: the global one, by location in its three spellings, and Private Service Connect. */
const serviceNames: Readonly<Record<TokenService, RegExp>> = {
  iamcredentials:
    /^(?:iamcredentials|[^.]+\.iamcredentials|iamcredentials\.[^.]+|[^.]+-iamcredentials|iamcredentials-[^.]+\.p)$/,
  oauth2: /^(?:oauth2|www|[^.]+\.oauth2|oauth2\.[^.]+|[^.]+-oauth2|oauth2-[^.]+\.p)$/,
  sts: /^(?:sts|[^.]+\.sts|sts\.[^.]+|[^.]+-sts|sts-[^.]+\.p)$/,
};

function parseUrl(document: CredentialDocument, field: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw invalidCredentials(document.name, `"${field}" is not an http or https URL`);
  }
  return url;
}

/** Whether nobody on the way can read along: https, or no way at all. */
function isPrivate(url: URL): boolean {
  return url.protocol === 'https:' || isLoopbackHost(url.hostname);
}

function isTrusted(url: URL, context: GoogleContext): boolean {
  return context.trustedHosts.includes(url.host) && isPrivate(url);
}

function isOfGoogle(url: URL, service: TokenService, universe: string): boolean {
  if (url.protocol !== 'https:' || url.port !== '') return false;
  if (service === 'oauth2' && url.hostname === 'accounts.google.com') return true;
  const suffix = `.${universe}`;
  return url.hostname.endsWith(suffix) && serviceNames[service].test(url.hostname.slice(0, -suffix.length));
}

/**
 * A URL in a credentials file that secrets go to. It must be Google's, or one that the options trust: a file that somebody
 * else wrote must not lead them elsewhere.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function serviceUrl(
  context: GoogleContext,
  document: CredentialDocument,
  field: string,
  text: string,
  service: TokenService,
): URL {
  const url = parseUrl(document, field, text);
  if (isOfGoogle(url, service, context.universeDomain) || isTrusted(url, context)) return url;
  throw invalidSetting(
    document.name,
    `"${field}" is not the ${service} service of ${context.universeDomain} over https`,
    'do not use a file that somebody else wrote; where another token service is meant, name it under trustedHosts',
  );
}

/**
 * A URL that gets a signed assertion made out to itself, which is of no use elsewhere: https, or http on this machine.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`, `ADDRESS_FORBIDDEN`
 */
export function assertionUrl(document: CredentialDocument, field: string, text: string): URL {
  const url = parseUrl(document, field, text);
  if (isForbiddenAddress(url.hostname)) throw forbiddenAddress(url.hostname);
  if (!isPrivate(url)) throw invalidCredentials(document.name, `"${field}" is not an https URL`);
  return url;
}

/** A URL that a token of another identity provider comes from, and whether it is a service of the machine itself. */
export interface SubjectUrl {
  readonly url: URL;
  readonly isOwn: boolean;
}

/**
 * A URL that a token of another identity provider comes from. Plain http is for what does not leave the machine:
 * loopback, and the metadata address of other clouds.
 *
 * @throws RegistryError `CREDENTIALS_INVALID`
 */
export function subjectUrl(
  context: GoogleContext,
  document: CredentialDocument,
  field: string,
  text: string,
): SubjectUrl {
  const url = parseUrl(document, field, text);
  const isOwn = isLoopbackHost(url.hostname) || isForbiddenAddress(url.hostname);
  if (isOwn || url.protocol === 'https:' || context.trustedHosts.includes(url.host)) return { url, isOwn };
  throw invalidSetting(document.name, `"${field}" would fetch a token over plain http`, 'name an https URL');
}
