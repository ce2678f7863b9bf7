import { isLoopback } from '../cloud/base-url.ts';
import { falconClouds } from '../cloud/falcon-clouds.ts';
import { findCloud } from '../cloud/resolve-cloud.ts';
import { answerError, type Exchange } from '../http/exchange.ts';

/**
 * The API host a redirect of the token endpoint leads to: that of `Location`, or that of the region in `X-Cs-Region`.
 * Client id and secret travel with the redirect, so the host must be a known Falcon API host; a start on this machine
 * may also lead to this machine.
 *
 * @param start - Origin the first request went to.
 * @returns An origin.
 * @throws FalconError `REDIRECT_REFUSED`.
 */
export function homeHost(answer: Exchange, start: string): string {
  const location = answer.header('location');
  if (location === undefined) {
    const region = findCloud(answer.header('x-cs-region') ?? '');
    if (region === undefined || region.name === 'autodiscover') {
      throw answerError('REDIRECT_REFUSED', answer, 'redirected to nowhere: neither Location nor a known X-Cs-Region');
    }
    return region.apiUrl;
  }
  if (!URL.canParse(location, answer.request.url)) {
    throw answerError('REDIRECT_REFUSED', answer, 'redirected to a Location that is no URL');
  }
  const { origin, host, protocol } = new URL(location, answer.request.url);
  const known = Object.values(falconClouds).some((cloud) => cloud.apiUrl === origin);
  const local = /^https?:$/.test(protocol) && isLoopback(start) && isLoopback(origin);
  if (!known && !local) {
    throw answerError('REDIRECT_REFUSED', answer, `redirected to ${host}, which is no known Falcon API host`, {
      hint: 'Set the API URL of the cloud the credentials belong to.',
    });
  }
  return origin;
}
