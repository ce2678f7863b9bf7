import { z } from 'zod';
import { Secret } from '../secret.ts';
import { oneValue } from './one-value.ts';

/** The origin of an http or https URL that says nothing else: no user, no path, no query. */
export const originUrl: z.ZodType<string> = oneValue.transform((text, ctx) => {
  const url = httpUrl(text);
  if (url !== undefined && url.href === `${url.origin}/`) return url.origin;
  const message = 'is not an https:// or http:// URL of scheme, host and port alone';
  ctx.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** The URL of an http or https proxy, which may hold a password; without a scheme it is http. */
export const proxyUrl: z.ZodType<Secret> = oneValue.transform((text, ctx) => {
  const url = httpUrl(text.includes('://') ? text : `http://${text}`);
  if (url !== undefined) {
    const user = url.username === '' && url.password === '' ? '' : '***@';
    return new Secret(url.href, `${url.protocol}//${user}${url.host}`);
  }
  ctx.addIssue({ code: 'custom', message: 'is not the http:// or https:// URL of a proxy' });
  return z.NEVER;
});

/** `host` or `host:port`, without scheme or path; IPv6 in brackets. In lower case. */
export const hostAndPort: z.ZodType<string> = oneValue
  .toLowerCase()
  .regex(/^(?:\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)(?::\d{1,5})?$/, {
    error: 'is not host or host:port',
  });

/** An address or name to listen at. */
export const listenHost: z.ZodType<string> = oneValue
  .regex(/^(?:\[[0-9a-f:.%]+\]|[^\s/[\]]+)$/i, { error: 'is not an address or a host name' })
  .transform((text) => text.replace(/^\[|\]$/g, ''));

/** A port to listen at; 0 is any free one. `off` is none. */
export const portOrOff: z.ZodType<number | 'off'> = oneValue
  .toLowerCase()
  .regex(/^(?:off|\d{1,5})$/, { error: 'is neither a port nor off', abort: true })
  .transform((text) => (text === 'off' ? text : Number(text)))
  .refine((port) => port === 'off' || port <= 65_535, { error: 'is not a port, which ends at 65535' });

/** The absolute path of a unix socket, also as a `unix://` address. */
export const socketPath: z.ZodType<string> = oneValue
  .transform((text) => text.replace(/^unix:(?:\/\/(?=\/))?/, ''))
  .pipe(
    z.string().regex(/^\/(?!\/)[^\0]*[^/\0]$/, { error: 'is not the absolute path or unix:// address of a socket' }),
  );

function httpUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url : undefined;
}
