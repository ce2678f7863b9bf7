import { RegistryError } from '../error.ts';
import type { HttpMethod, HttpResponse } from './http.ts';
import { header } from './http-headers.ts';

const statuses = new Set([301, 302, 303, 307, 308]);
/** What is uploaded goes where it was sent, or nowhere. */
const followed: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD']);

/** Most redirects followed for one request. */
export const maxRedirects = 5;

/** Whether an answer is a redirect to be followed. */
export function isRedirect(method: HttpMethod, status: number): boolean {
  return statuses.has(status) && followed.has(method);
}

/** Whether a storage refuses the URL that the registry signed for it: it may have expired on the way, and a new one not. */
export function isStaleRedirect({ redirected, status }: Pick<HttpResponse, 'redirected' | 'status'>): boolean {
  return redirected && status === 403;
}

/**
 * Where a redirect leads.
 *
 * @param from URL that gave the answer
 * @throws RegistryError `REDIRECT_INVALID` for a place that is not gone to
 */
export function nextHop(response: HttpResponse, from: URL): URL {
  const location = header(response, 'location');
  const what = `${response.what}: redirect`;
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new RegistryError('REDIRECT_INVALID', `${what} without a usable Location`, { status: response.status });
  }
  const next = new URL(location, from);
  const downgrade = from.protocol === 'https:' && next.protocol !== 'https:';
  if (!/^https?:$/.test(next.protocol) || downgrade || next.username !== '' || next.password !== '') {
    throw new RegistryError('REDIRECT_INVALID', `${what} to ${next.protocol}//${next.host} is not followed`, {
      status: response.status,
      hint: 'redirects are followed to https, or from http to http, and without user info',
    });
  }
  return next;
}
