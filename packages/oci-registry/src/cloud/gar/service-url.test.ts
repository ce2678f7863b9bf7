import { describe, expect, it } from 'vitest';
import { googleContext } from './google-options.ts';
import { serviceUrl, type TokenService } from './service-url.ts';

const document = { name: '/file.json', content: {} };

function allows(url: string, service: TokenService, options: Parameters<typeof googleContext>[0] = {}): boolean {
  try {
    return serviceUrl(googleContext(options), document, 'token_url', url, service) instanceof URL;
  } catch (error) {
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID' });
    return false;
  }
}

describe('serviceUrl', () => {
  it.each([
    'https://sts.googleapis.com/v1/token',
    'https://STS.googleapis.com/v1/token',
    'https://us-east1.sts.googleapis.com/v1/token',
    'https://sts.us-east1.googleapis.com/v1/token',
    'https://us-east1-sts.googleapis.com/v1/token',
    'https://sts-private.p.googleapis.com/v1/token',
  ])('allows %s', (url) => {
    expect(allows(url, 'sts')).toBe(true);
  });

  it.each([
    'http://sts.googleapis.com/v1/token',
    'https://sts.googleapis.com:8443/v1/token',
    'https://sts.googleapis.com@evil.example/v1/token',
    'https://me@sts.googleapis.com/v1/token',
    'https://sts.googleapis.com.evil.example/v1/token',
    'https://stsXgoogleapis.com/v1/token',
    'https://sts.evilgoogleapis.com/v1/token',
    'https://sts.a.b.googleapis.com/v1/token',
    'https://a.b.sts.googleapis.com/v1/token',
    'https://sts-private.googleapis.com/v1/token',
    'https://storage.googleapis.com/bucket',
    'https://iamcredentials.googleapis.com/v1/token',
    'https://accounts.google.com/o/oauth2/token',
    'https://evil.example/sts.googleapis.com',
    'https://evil.example#sts.googleapis.com',
    'sts.googleapis.com',
    '',
  ])('does not allow %s', (url) => {
    expect(allows(url, 'sts')).toBe(false);
  });

  it('knows the service each field is for', () => {
    const iam = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a:generateAccessToken';
    expect(allows(iam, 'iamcredentials')).toBe(true);
    expect(allows('https://sts.googleapis.com/v1/token', 'iamcredentials')).toBe(false);
    expect(allows('https://oauth2.googleapis.com/token', 'oauth2')).toBe(true);
    expect(allows('https://www.googleapis.com/oauth2/v4/token', 'oauth2')).toBe(true);
    expect(allows('https://accounts.google.com/o/oauth2/token', 'oauth2')).toBe(true);
  });

  it('goes by the universe', () => {
    const options = { universeDomain: 'cloud.example' };
    expect(allows('https://sts.cloud.example/v1/token', 'sts', options)).toBe(true);
    expect(allows('https://sts.googleapis.com/v1/token', 'sts', options)).toBe(false);
  });

  it('allows hosts that are trusted, over https or on this machine', () => {
    const options = { trustedHosts: ['Tokens.Example', '127.0.0.1:8080', 'plain.example:80'] };
    expect(allows('https://tokens.example/token', 'sts', options)).toBe(true);
    expect(allows('http://127.0.0.1:8080/token', 'sts', options)).toBe(true);
    expect(allows('http://tokens.example/token', 'sts', options)).toBe(false);
    expect(allows('https://tokens.example:8443/token', 'sts', options)).toBe(false);
    expect(allows('http://127.0.0.1:8081/token', 'sts', options)).toBe(false);
  });
});
