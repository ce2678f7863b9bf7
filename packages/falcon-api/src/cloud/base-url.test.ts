import { describe, expect, it } from 'vitest';
import { isLoopback, parseBaseUrl } from './base-url.ts';

describe('parseBaseUrl', () => {
  it('gives the origin', () => {
    expect(parseBaseUrl('apiUrl', 'https://API.crowdstrike.com:443/', false)).toBe('https://api.crowdstrike.com');
    expect(parseBaseUrl('apiUrl', 'http://127.0.0.1:8080', false)).toBe('http://127.0.0.1:8080');
    expect(parseBaseUrl('apiUrl', 'http://falcon.test', true)).toBe('http://falcon.test');
  });

  it.each([
    ['', 'not a URL with a scheme'],
    ['api.crowdstrike.com', 'not a URL with a scheme'],
    ['/oauth2/token', 'not a URL with a scheme'],
    ['ftp://api.crowdstrike.com', 'the scheme is ftp:// instead of https://'],
    ['https://me:hunter2@api.crowdstrike.com', 'holds more than scheme, host and port'],
    ['https://api.crowdstrike.com/?key=hunter2', 'holds more than scheme, host and port'],
    ['https://api.crowdstrike.com/v1', 'holds a path'],
    ['http://api.crowdstrike.com', 'plain http to api.crowdstrike.com would show the credentials'],
  ])('refuses %j', (url, what) => {
    const parse = () => parseBaseUrl('apiUrl', url, false);
    expect(parse).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(parse).toThrow(`[OPTIONS_INVALID] apiUrl: ${what}`);
    expect(parse).not.toThrow(/hunter2/);
  });
});

describe('isLoopback', () => {
  it.each(['http://127.0.0.1', 'http://127.1.2.3:1', 'http://[::1]:1', 'http://localhost', 'https://a.localhost'])(
    'is true for %s',
    (url) => expect(isLoopback(url)).toBe(true),
  );
  it.each([
    'http://127.0.0.1.evil.test',
    'http://10.0.0.1',
    'http://localhost.evil.test',
    'http://[::2]',
    'http://evil.test',
  ])('is false for %s', (url) => expect(isLoopback(url)).toBe(false));
});
