import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import type { CloudHttp } from '../cloud-http.ts';
import { googleCredentialsFile } from './credentials-file.ts';

const secret = 'secret-of-a-person-0123456789';
const host = fc.oneof(
  fc.domain(),
  fc.constantFrom('sts.googleapis.com', 'oauth2.googleapis.com', 'iamcredentials.googleapis.com', 'googleapis.com'),
);
const url = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('sts', 'oauth2', 'iamcredentials').map((name) => `https://${name}.googleapis.com/`),
  },
  host.map((name) => `https://${name}/token`),
  fc.tuple(host, host).map(([one, two]) => `https://${one}.${two}/token`),
  fc
    .tuple(host, host, fc.constantFrom('@', '/', '#', '?', ':', '\\', '%2e', '.'))
    .map(([a, b, by]) => `https://${a}${by}${b}`),
  fc.webUrl(),
);
const junk = fc.jsonValue({ maxDepth: 2 });
const maybe = <T>(usual: fc.Arbitrary<T>) => fc.oneof({ weight: 19, arbitrary: usual }, junk);

const file = fc.record(
  {
    type: maybe(fc.constantFrom('authorized_user', 'external_account', 'service_account')),
    client_id: maybe(fc.constant('id')),
    client_secret: maybe(fc.constant(secret)),
    refresh_token: maybe(fc.constant(secret)),
    client_email: maybe(fc.constant('a@b')),
    private_key: maybe(fc.constant(secret)),
    token_uri: maybe(url),
    token_url: maybe(url),
    service_account_impersonation_url: maybe(url),
    audience: maybe(fc.constant('//iam')),
    subject_token_type: maybe(fc.constant('jwt')),
    universe_domain: fc.oneof({ weight: 9, arbitrary: fc.constant('googleapis.com') }, fc.domain()),
    credential_source: maybe(fc.constant({ file: '/token' })),
  },
  { requiredKeys: ['type', 'credential_source'] },
);

describe('a credentials file that somebody else wrote', () => {
  it('sends what it has to Google only, and ends in a token or an error of ours without a secret', async () => {
    let tokens = 0;
    await fc.assert(
      fc.asyncProperty(file, async (content) => {
        const http: CloudHttp = async ({ url: asked, body = '', headers = {} }) => {
          if (JSON.stringify([body, headers, asked.href]).includes('secret-of')) {
            expect(asked.protocol).toBe('https:');
            expect(asked.host).toMatch(/(?:^accounts\.google\.com|\.googleapis\.com)$/);
          }
          const answer = {
            access_token: secret,
            expires_in: 60,
            accessToken: secret,
            expireTime: '2026-01-01T00:00:00Z',
          };
          return { status: 200, headers: {}, body: JSON.stringify(answer) };
        };
        const readFile = async (path: string) => (path === '/token' ? secret : JSON.stringify(content));
        try {
          await googleCredentialsFile('/file.json', { http, readFile }).get();
          tokens += 1;
        } catch (error) {
          expect(error).toBeInstanceOf(RegistryError);
          expect((error as RegistryError).message).not.toContain('secret-of');
        }
      }),
      { numRuns: 400 },
    );
    expect(tokens).toBeGreaterThan(10);
  });

  it('that is any text is an error of ours', async () => {
    const text = fc.oneof(fc.string(), fc.json());
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const readFile = () => Promise.resolve(content);
        const work = googleCredentialsFile('/file.json', { readFile }).get();
        await expect(work).rejects.toMatchObject({ code: 'CREDENTIALS_INVALID' });
      }),
    );
  });
});
