import { isLoopback } from '../cloud/base-url.ts';
import { type FalconCloud, falconClouds } from '../cloud/falcon-clouds.ts';
import { cloudOfUrl, findCloud } from '../cloud/resolve-cloud.ts';
import { answerError, type Exchange } from '../http/exchange.ts';

/**
 * The API host a redirect of the token endpoint leads to: that of `Location`, or that of the region in `X-Cs-Region`.
 * Client id and secret travel with the redirect, so the host must be a known Falcon API host; a start on this machine
 * may also lead to this machine. No redirect leads into a GovCloud or out of one.
 *
 * @param start - Origin the first request went to.
 * @returns An origin.
 * @throws FalconError `REDIRECT_REFUSED`, or `CLOUD_MISMATCH` where a GovCloud is involved.
 */
export function homeHost(answer: Exchange, start: string): string {
  const location = answer.header('location');
  if (location === undefined) {
    const region = findCloud(answer.header('x-cs-region') ?? '');
    if (region === undefined || region.name === 'autodiscover') {
      throw answerError('REDIRECT_REFUSED', answer, 'redirected to nowhere: neither Location nor a known X-Cs-Region');
    }
    return checkedHome(region, answer, start);
  }
  if (!URL.canParse(location, answer.request.url)) {
    throw answerError('REDIRECT_REFUSED', answer, 'redirected to a Location that is no URL');
  }
  const { origin, host, protocol } = new URL(location, answer.request.url);
  const home = Object.values(falconClouds).find(({ apiUrl }) => apiUrl === origin);
  if (home !== undefined) {
    return checkedHome(home, answer, start);
  }
  if (/^https?:$/.test(protocol) && isLoopback(start) && isLoopback(origin)) {
    return origin;
  }
  throw answerError('REDIRECT_REFUSED', answer, `redirected to ${host}, which is no known Falcon API host`, {
    hint: 'Set the API URL of the cloud the credentials belong to.',
  });
}

function checkedHome(home: FalconCloud, answer: Exchange, start: string): string {
  const here = cloudOfUrl(start);
  if (here?.name !== home.name && (home.government || here?.government)) {
    throw answerError('CLOUD_MISMATCH', answer, `redirected to ${home.name}; no redirect crosses a GovCloud's border`, {
      hint: `Set the cloud to ${home.name}.`,
    });
  }
  return home.apiUrl;
}
