import { RegistryError } from '../error.ts';
import { basicAuthorization } from './token.ts';

/**
 * Through which proxies hosts are reached, with the values that the environment variables have elsewhere. An empty
 * string is the same as nothing.
 */
export interface ProxyOptions {
  /** HTTP_PROXY: proxy for plain http, `http://proxy.example.com:3128`. Without a scheme it is http. */
  readonly http?: string | undefined;
  /** HTTPS_PROXY: proxy for https, which gets CONNECT requests. It may itself be one with http. */
  readonly https?: string | undefined;
  /** NO_PROXY: hosts reached without a proxy: names, `.suffixes`, `host:port`, IP addresses, CIDR blocks, `*`. */
  readonly no?: string | undefined;
}

/** A proxy, with its credentials set apart from its address. */
export interface ProxyAddress {
  /** `http://proxy.example.com:3128` */
  readonly origin: string;
  /** `proxy.example.com:3128`, for messages. */
  readonly host: string;
  /** Value of the `Proxy-Authorization` header. */
  readonly authorization: string | undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads the address of a proxy; `undefined` where none is named.
 *
 * @param option how messages call it. The value is not printed: it may hold a password.
 * @throws RegistryError `PROXY`
 */
export function parseProxy(option: string, value: string | undefined): ProxyAddress | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const username = decoded(url?.username ?? '');
  const password = decoded(url?.password ?? '');
  if (url === undefined || !/^https?:$/.test(url.protocol) || username === undefined || password === undefined) {
    throw new RegistryError('PROXY', `option ${option}: it is not the URL of an http or https proxy`, {
      hint: 'write http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, special characters percent-encoded',
    });
  }
  const hasUser = username !== '' || password !== '';
  return {
    origin: url.origin,
    host: url.host,
    authorization: hasUser ? basicAuthorization(username, password) : undefined,
  };
}
