import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import { errorReply, type Reply } from './ecr-double.test-support.ts';
import type { EcrKeychainOptions } from './ecr-keychain.ts';
import {
  arn,
  env,
  hidden,
  hour,
  ireland,
  provider,
  secret,
  sessionToken,
  setUp,
  temporary,
} from './keychain-world.test-support.ts';
import { expectNoSecret } from './machine.test-support.ts';

describe('ecrKeychain, when AWS refuses', () => {
  const attempt = async (replies: Reply[], options: EcrKeychainOptions = {}) => {
    const world = await setUp(options);
    world.double.replies.ecr.push(...replies);
    const error = await failureOf(Promise.resolve(world.keychain.resolve(ireland)));
    expectNoSecret(error, ...hidden);
    return { ...world, error };
  };

  it('says who may not do what', async () => {
    const said = `User: ${arn} is not authorized to perform: ecr:GetAuthorizationToken on resource: *`;
    const { error, waits } = await attempt([errorReply(400, 'AccessDeniedException', said)]);
    expect(error.message).toBe(
      `[CREDENTIALS_UNAVAILABLE] POST api.ecr.eu-west-1.amazonaws.com/ GetAuthorizationToken: ${arn} may not do ecr:GetAuthorizationToken`,
    );
    expect(error).toMatchObject({ status: 400, retryable: false });
    expect(error.hint).toContain('allow ecr:GetAuthorizationToken');
    expect(waits).toEqual([]);
  });

  it('says whose credentials they are where AWS does not', async () => {
    const credentials = provider(temporary());
    const { error } = await attempt([errorReply(400, 'AccessDeniedException', 'no')], { credentials });
    expect(error.message).toContain('the role node may not do ecr:GetAuthorizationToken');
  });

  it('tries again with backoff while it throttles, as told by Retry-After', async () => {
    const { double, keychain, waits } = await setUp();
    double.replies.ecr.push(
      errorReply(400, 'ThrottlingException', 'Rate exceeded'),
      errorReply(429, 'TooManyRequestsException', '', { 'retry-after': '7' }),
    );
    expect(await keychain.resolve(ireland)).toMatchObject({ username: 'AWS' });
    expect(waits).toEqual([500, 7000]);
  });

  it.each([errorReply(400, 'ThrottlingException', 'Rate exceeded'), { status: 503, body: '<html>busy</html>' }])(
    'gives up after three attempts of %j, and says that it may work later',
    async (reply) => {
      const { error, waits } = await attempt([reply, reply, reply]);
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: reply.status, retryable: true });
      expect(waits).toEqual([500, 1000]);
    },
  );

  it.each(['ExpiredTokenException', 'UnrecognizedClientException'])(
    'asks for new credentials where AWS says %s',
    async (code) => {
      const credentials = provider(temporary({ sessionToken: 'old' }), temporary());
      const { double, keychain } = await setUp({ credentials });
      double.replies.ecr.push(errorReply(400, code));
      expect(await keychain.resolve(ireland)).toMatchObject({ username: 'AWS' });
      expect(double.requests.map(({ headers }) => headers['x-amz-security-token'])).toEqual(['old', sessionToken]);
    },
  );

  it('says that the credentials have expired where new ones have, too', async () => {
    const reply = errorReply(403, 'ExpiredTokenException', `The security token ${sessionToken} is expired`);
    const { error, double } = await attempt([reply, reply, reply], { credentials: provider(temporary()) });
    expect(error.message).toContain('the credentials of the role node have expired');
    expect(double.requests).toHaveLength(2);
  });

  it('says that keys are wrong, without what AWS quotes of the request', async () => {
    const credentials = provider(temporary({ secretAccessKey: 'not-it' }));
    const { error } = await attempt([], { credentials });
    expect(error.message).toContain('AWS does not accept the credentials of the role node (InvalidSignatureException)');
    expect(error.message).not.toContain('Canonical');
  });

  it.each([
    [
      'a header',
      { headers: { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken', accept: '*/*' } },
      true,
    ],
    ['the date', { headers: { 'x-amz-date': '20260504T100001Z' } }, false],
    ['what is not signed', { headers: { 'x-amz-user-agent': 'other' } }, false],
  ])('minds that a proxy changes %s: %j', async (_, change, accepted) => {
    const { double } = await setUp();
    const { keychain } = await setUp({
      http: (request) => double.http({ ...request, headers: { ...request.headers, ...change.headers } }),
    });
    const work = Promise.resolve(keychain.resolve(ireland));
    if (accepted) expect(await work).toMatchObject({ username: 'AWS' });
    else expect((await failureOf(work)).message).toContain('InvalidSignatureException');
  });

  it.each([-2 * hour, 2 * hour])('signs with the time of AWS where the own clock is %i ms off', async (off) => {
    const { double, keychain, clock } = await setUp();
    clock.now += off;
    expect(await keychain.resolve(ireland)).toMatchObject({ username: 'AWS' });
    expect(double.requests).toHaveLength(2);
    clock.now += 10.9 * hour;
    double.now += 10.9 * hour;
    expect(await keychain.resolve(ireland)).toMatchObject({ password: 'login-of-AKIAKNOWN-2' });
    clock.now += 0.2 * hour;
    double.now += 0.2 * hour;
    expect(await keychain.resolve(ireland)).not.toMatchObject({ password: 'login-of-AKIAKNOWN-2' });
  });

  it('corrects the clock once only', async () => {
    const skewed = errorReply(403, 'RequestTimeTooSkewed', 'too late');
    const { error, double } = await attempt([skewed, skewed, skewed]);
    expect(error.message).toContain('HTTP 403, RequestTimeTooSkewed');
    expect(double.requests).toHaveLength(2);
  });

  it('says what AWS says of other things, without secrets', async () => {
    const said = `bad ${secret} and ${sessionToken} of ASIAKNOWN\nhttps://x.example/?X-Amz-Signature=1`;
    const credentials = provider(temporary());
    const { error } = await attempt([errorReply(400, 'InvalidParameterException', said)], { credentials });
    expect(error.message).toMatch(
      /HTTP 400, InvalidParameterException, bad \*\*\* and \*\*\* of \*\*\* https:\/\/x.example\/$/,
    );
  });

  it.each([
    ['no JSON', 'AWS:login-of-someone'],
    ['another document', '{"a":1}'],
    ['no list', '{"authorizationData":[]}'],
    ['no end', JSON.stringify({ authorizationData: [{ authorizationToken: btoa('AWS:login-of-x') }] })],
    [
      'a bad end',
      JSON.stringify({ authorizationData: [{ authorizationToken: btoa('AWS:login-of-x'), expiresAt: 'x' }] }),
    ],
    ['no user', JSON.stringify({ authorizationData: [{ authorizationToken: btoa('login-of-x'), expiresAt: 1 }] })],
    [
      'a line break',
      JSON.stringify({ authorizationData: [{ authorizationToken: btoa('A:login-of\n'), expiresAt: 1 }] }),
    ],
  ])('does not quote an answer with %s', async (_, body) => {
    const { error } = await attempt([{ status: 200, body }]);
    expect(error).toMatchObject({ code: 'RESPONSE_INVALID' });
  });

  it('takes an end that is written as text, and uses a login that has ended by our clock', async () => {
    const { double, keychain } = await setUp();
    const datum = { authorizationToken: btoa('AWS:p'), expiresAt: '2026-05-04T09:00:00Z' };
    double.replies.ecr.push({ status: 200, body: JSON.stringify({ authorizationData: [datum] }) });
    expect(await keychain.resolve(ireland)).toMatchObject({ password: 'p' });
    expect(await keychain.resolve(ireland)).toMatchObject({ password: 'login-of-AKIAKNOWN-2' });
  });

  it('does not read an endless answer', async () => {
    const { error } = await attempt([{ status: 200, body: 'x'.repeat(1_100_000) }]);
    expect(error.code).toBe('RESPONSE_TOO_LARGE');
  });

  it('tries again where the connection breaks, and names the host', async () => {
    const http = () => Promise.reject(new RegistryError('NETWORK', 'POST api.ecr: broken', { retryable: true }));
    const { error, waits } = await attempt([], { http });
    expect(error).toMatchObject({ code: 'NETWORK', retryable: true });
    expect(waits).toHaveLength(2);
  });

  it('asks the endpoint that the variables name', async () => {
    const { double, keychain } = await setUp({
      env: { ...env, AWS_ENDPOINT_URL_ECR: 'https://ecr.eu-west-1.vpce.example' },
    });
    await keychain.resolve(ireland);
    expect(double.asked[0]?.url.href).toBe('https://ecr.eu-west-1.vpce.example/');
    const other = await setUp({
      env: { ...env, AWS_ENDPOINT_URL: 'https://other.example', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    });
    await other.keychain.resolve(ireland);
    expect(other.double.asked[0]?.url.host).toBe('api.ecr.eu-west-1.amazonaws.com');
  });
});
