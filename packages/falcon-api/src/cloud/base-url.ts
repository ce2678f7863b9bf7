import { FalconError } from '../falcon-error.ts';

/**
 * The origin of a base URL somebody configured: `scheme://host[:port]`, without path or trailing slash.
 *
 * @throws FalconError `OPTIONS_INVALID` where it is no http(s) URL, where it holds a user name, a query or a path, or
 *   where it is plain http to another machine and `insecureHttp` does not allow that.
 */
export function parseBaseUrl(option: string, url: string, insecureHttp: boolean): string {
  if (!URL.canParse(url)) {
    throw new FalconError('OPTIONS_INVALID', `${option}: not a URL with a scheme`, {
      hint: `Set ${option} to a whole URL such as https://api.crowdstrike.com.`,
    });
  }
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    throw new FalconError('OPTIONS_INVALID', `${option}: the scheme is ${parsed.protocol}// instead of https://`);
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new FalconError('OPTIONS_INVALID', `${option}: holds more than scheme, host and port`);
  }
  if (parsed.pathname !== '/') {
    throw new FalconError('OPTIONS_INVALID', `${option}: holds a path; the paths of the cloud are fixed`);
  }
  if (parsed.protocol === 'http:' && !insecureHttp && !isLoopback(parsed.origin)) {
    throw new FalconError('OPTIONS_INVALID', `${option}: plain http to ${parsed.host} would show the credentials`, {
      hint: 'Use https, or allow it with insecureHttp.',
    });
  }
  return parsed.origin;
}

/** Whether a URL leads to the machine itself. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname;
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
