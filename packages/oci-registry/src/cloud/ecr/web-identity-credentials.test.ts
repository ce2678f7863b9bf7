import { describe, expect, it } from 'vitest';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { end, expectNoSecret, machine, temporary } from './machine.test-support.ts';
import { webIdentityCredentials } from './web-identity-credentials.ts';

describe('webIdentityCredentials', () => {
  const role = 'arn:aws:iam::111122223333:role/scanner';
  const irsa = { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: '/var/token', AWS_REGION: 'eu-west-1' };
  const files = { '/var/token': 'header.payload.signature\n' };
  const assumed = (
    key = 'ASIATEMPORARY',
  ): string => `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/scanner/oci-registry</Arn></AssumedRoleUser>
    <Credentials><AccessKeyId>${key}</AccessKeyId><SecretAccessKey>temporary-secret</SecretAccessKey>
    <SessionToken>temporary-session</SessionToken><Expiration>${end}</Expiration></Credentials>
  </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`;
  const fault = (code: string, message: string): string =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

  it('exchanges the token for the role at the regional endpoint, unsigned', async () => {
    const { double, options } = await machine(irsa, files);
    double.handlers.sts = () => ({ status: 200, body: assumed() });
    const identity = 'arn:aws:sts::111122223333:assumed-role/scanner/oci-registry';
    expect(await webIdentityCredentials(options).get()).toEqual({ ...temporary, identity });
    const [request] = double.requests;
    expect(double.asked[0]?.url.href).toBe('https://sts.eu-west-1.amazonaws.com/');
    expect(request?.headers.authorization).toBeUndefined();
    expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: 'oci-registry',
      WebIdentityToken: 'header.payload.signature',
    });
  });

  it.each([
    [{ AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' }, 'https://sts.us-east-2.amazonaws.com/'],
    [{ AWS_REGION: '' }, 'https://sts.us-east-1.amazonaws.com/'],
    [{ AWS_REGION: '', AWS_ROLE_ARN: 'arn:aws-cn:iam::1:role/a' }, 'https://sts.cn-north-1.amazonaws.com.cn/'],
    [{ AWS_REGION: '', AWS_ROLE_ARN: 'arn:aws-us-gov:iam::1:role/a' }, 'https://sts.us-gov-west-1.amazonaws.com/'],
    [{ AWS_ENDPOINT_URL_STS: 'http://sts.internal:9/' }, 'http://sts.internal:9/'],
  ])('with %j asks %s', async (env, url) => {
    const { double, options } = await machine({ ...irsa, ...env }, files);
    double.handlers.sts = () => ({ status: 200, body: assumed() });
    double.handlers.metadata = double.handlers.sts;
    await webIdentityCredentials(options).get();
    expect(double.asked[0]?.url.href).toBe(url);
  });

  it.each([
    [{ AWS_REGION: 'evil.example/' }, /AWS_REGION: it is not a region/],
    [{ AWS_ROLE_ARN: 'scanner' }, /AWS_ROLE_ARN: it is not the ARN/],
    [{ AWS_ENDPOINT_URL: 'ftp://x' }, /AWS_ENDPOINT_URL: it is not an http or https URL/],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/empty' }, /\/empty: it holds no token/],
  ])('asks nobody with %j', async (env, message) => {
    const { double, options } = await machine({ ...irsa, ...env }, { ...files, '/empty': '\n' });
    const error = await failureOf(webIdentityCredentials(options).get());
    expect(error).toMatchObject({ code: 'CREDENTIALS_INVALID', message: expect.stringMatching(message) });
    expect(double.asked).toEqual([]);
  });

  it('is absent where it is not set up', async () => {
    const { options } = await machine({});
    expect(await webIdentityCredentials(options).get()).toEqual({
      absent: 'AWS_WEB_IDENTITY_TOKEN_FILE is not set',
    });
  });

  it('says which role STS refuses, and never the token', async () => {
    const { double, options } = await machine(irsa, files);
    const said = 'Not authorized to perform sts:AssumeRoleWithWebIdentity with header.payload.signature';
    double.handlers.sts = () => ({ status: 403, body: fault('AccessDenied', said) });
    const error = await failureOf(webIdentityCredentials(options).get());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 403, retryable: false });
    expect(error.message).toContain(`${role}: HTTP 403, AccessDenied, Not authorized`);
    expect(error.hint).toContain('trust policy');
    expectNoSecret(error, 'header.payload.signature');
    expect(double.requests).toHaveLength(1);
  });

  it('asks again where STS could not reach the identity provider, a few times', async () => {
    const { double, options, waits } = await machine(irsa, files);
    const reply = { status: 400, body: fault('IDPCommunicationError', 'later') };
    double.replies.sts.push(reply, reply);
    double.handlers.sts = () => ({ status: 200, body: assumed() });
    await webIdentityCredentials(options).get();
    expect(waits).toEqual([250, 500]);
    double.replies.sts.push(reply, reply, reply);
    expect(await failureOf(webIdentityCredentials(options).get())).toMatchObject({ retryable: true });
  });

  it.each([
    ['no XML', 'temporary-secret'],
    ['another document', '<Other><SecretAccessKey>temporary-secret</SecretAccessKey></Other>'],
    ['a key with a line break', assumed('AS\nIA')],
    ['no end', assumed().replace(end, 'soon temporary-secret')],
    ['a document type', `<!DOCTYPE x>${assumed()}`],
  ])('refuses an answer with %s, and does not quote it', async (_, body) => {
    const { double, options } = await machine(irsa, files);
    double.handlers.sts = () => ({ status: 200, body });
    const error = await failureOf(webIdentityCredentials(options).get());
    expect(error.code).toBe('RESPONSE_INVALID');
    expectNoSecret(error, 'temporary-secret', 'temporary-session', 'header.payload');
  });
});
