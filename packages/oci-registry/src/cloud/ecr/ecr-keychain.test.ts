import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { AwsCredentialsSource } from './aws-credentials.ts';
import { errorReply } from './ecr-double.test-support.ts';
import {
  arn,
  env,
  hidden,
  hour,
  ireland,
  noIdentity,
  provider,
  publicGallery,
  secret,
  sessionToken,
  setUp,
  start,
  temporary,
} from './keychain-world.test-support.ts';
import { expectNoSecret } from './machine.test-support.ts';

const broken = new RegistryError('NETWORK', 'POST api.ecr: broken', { retryable: true });
const failing: AwsCredentialsSource = { name: 'x', get: () => Promise.reject(new Error('hunter2')) };

describe('ecrKeychain', () => {
  it.each([
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'api.ecr.eu-west-1.amazonaws.com'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'ecr-fips.us-gov-west-1.amazonaws.com'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'api.ecr.cn-north-1.amazonaws.com.cn'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws', 'ecr.eu-west-1.api.aws'],
    ['public.ecr.aws', 'api.ecr-public.us-east-1.amazonaws.com'],
    ['ecr-public.aws.com', 'ecr-public.us-east-1.api.aws'],
  ])('logs in to %s with a request to %s that AWS accepts', async (registry, host) => {
    const { double, keychain } = await setUp();
    const credential = await keychain.resolve({ registry, repository: 'team/app' });
    expect(credential).toMatchObject({ username: 'AWS', password: 'login-of-AKIAKNOWN-1' });
    expect(double.asked[0]?.url.href).toBe(`https://${host}/`);
  });

  it('signs with temporary credentials, and names their owner as the source', async () => {
    const { keychain } = await setUp({ credentials: provider(temporary()) });
    expect(await keychain.resolve(ireland)).toEqual({
      username: 'AWS',
      password: 'login-of-ASIAKNOWN-1',
      source: 'Amazon ECR in eu-west-1 as the role node',
    });
  });

  it.each(['docker.io', 'ghcr.io', '123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example'])(
    'has nothing for %s, and asks nobody',
    async (registry) => {
      const { double, keychain } = await setUp({ credentials: { name: 'never', get: () => expect.fail('asked') } });
      expect(await keychain.resolve({ registry, repository: 'a/b' })).toBeUndefined();
      expect(double.asked).toEqual([]);
    },
  );

  it('asks once for a region: for all accounts, for all who ask at the same time', async () => {
    const { double, keychain } = await setUp();
    const other = { ...ireland, registry: ireland.registry.replace('123456789012', '999999999999') };
    const answers = await Promise.all([keychain.resolve(ireland), keychain.resolve(other), keychain.resolve(ireland)]);
    answers.push(await keychain.resolve(other));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(double.requests).toHaveLength(1);
    await keychain.resolve({ ...ireland, registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com' });
    await keychain.resolve({ ...ireland, registry: '123456789012.dkr.ecr-fips.us-east-1.amazonaws.com' });
    expect(double.requests).toHaveLength(3);
  });

  it('renews the login an hour before its end, and uses the old one where that fails', async () => {
    const { double, keychain, clock } = await setUp();
    const first = await keychain.resolve(ireland);
    clock.now = double.now = start + 10.9 * hour;
    expect(await keychain.resolve(ireland)).toBe(first);
    clock.now = double.now = start + 11.1 * hour;
    double.replies.ecr.push(...Array.from({ length: 3 }, () => errorReply(503, 'ServiceUnavailableException')));
    expect(await keychain.resolve(ireland)).toBe(first);
    expect(await keychain.resolve(ireland)).toBe(first);
    expect(double.requests).toHaveLength(4);
    clock.now += 31_000;
    expect(await keychain.resolve(ireland)).toMatchObject({ password: 'login-of-AKIAKNOWN-5' });
    expect(await keychain.resolve(ireland)).toMatchObject({ password: 'login-of-AKIAKNOWN-5' });
  });

  it('fails when the login has ended and there is no other', async () => {
    const { double, keychain, clock } = await setUp();
    await keychain.resolve(ireland);
    clock.now = double.now = start + 12.1 * hour;
    double.replies.ecr.push(errorReply(400, 'AccessDeniedException'));
    expect(await failureOf(keychain.resolve(ireland))).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
  });

  it('keeps temporary credentials for all regions until shortly before they end', async () => {
    const credentials = provider(temporary());
    const { double, keychain, clock } = await setUp({ credentials });
    const inRegion = (region: string) =>
      keychain.resolve({ ...ireland, registry: `123456789012.dkr.ecr.${region}.amazonaws.com` });
    await inRegion('eu-west-1');
    await inRegion('eu-west-2');
    expect(credentials.calls).toBe(1);
    clock.now = double.now = start + 6 * hour - 4 * 60_000;
    await inRegion('eu-west-3');
    expect(credentials.calls).toBe(2);
  });

  it.each([ireland, publicGallery])('says for $registry where it looked for an identity', async (target) => {
    const { double, keychain } = await setUp({ env: noIdentity });
    const error = await failureOf(keychain.resolve(target));
    expect(double.asked).toEqual([]);
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: false });
    expect(error.message).toBe(
      '[CREDENTIALS_UNAVAILABLE] log in to Amazon ECR: no identity was found: ' +
        'environment: AWS_ACCESS_KEY_ID is not set; web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set; ' +
        'container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set; ' +
        'instance metadata: AWS_EC2_METADATA_DISABLED is set',
    );
  });

  it('does not look for an identity before each image where there is none, and finds one that comes later', async () => {
    let calls = 0;
    const credentials: AwsCredentialsSource = {
      name: 'late',
      get: async () => {
        calls += 1;
        return calls === 1 ? { absent: 'not yet' } : temporary();
      },
    };
    const { keychain, clock } = await setUp({ credentials });
    await failureOf(keychain.resolve(ireland));
    await failureOf(keychain.resolve({ ...ireland, registry: ireland.registry.replace('west', 'north') }));
    expect(calls).toBe(1);
    clock.now += 31_000;
    expect(await keychain.resolve(ireland)).toMatchObject({ username: 'AWS' });
  });

  it('leaves the public registry alone for five minutes where the identity may not log in', async () => {
    const { double, keychain, clock } = await setUp();
    double.replies['ecr-public'].push(errorReply(400, 'AccessDeniedException', `User: ${arn} is not authorized`));
    const both = [failureOf(keychain.resolve(publicGallery)), failureOf(keychain.resolve(publicGallery))];
    const [error, same] = await Promise.all(both);
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', status: 400 });
    expect(error?.message).toContain(`${arn} may not do ecr-public:GetAuthorizationToken`);
    expect(error?.hint).toContain('sts:GetServiceBearerToken');
    expectNoSecret(error as Error, ...hidden);
    clock.now += 4.9 * 60_000;
    expect([same, await failureOf(keychain.resolve(publicGallery))]).toEqual([error, error]);
    expect(double.requests).toHaveLength(1);
    clock.now += 0.2 * 60_000;
    expect(await keychain.resolve(publicGallery)).toMatchObject({ username: 'AWS' });
  });

  it.each([
    ['the network is broken', { http: () => Promise.reject(broken) }, { cause: broken, retryable: true }],
    [
      'a variable is wrong',
      { env: { ...env, AWS_ENDPOINT_URL: 'ftp://x' } },
      { cause: { code: 'CREDENTIALS_INVALID' } },
    ],
    ['a source is broken', { credentials: failing }, { cause: { message: 'hunter2' }, retryable: false }],
  ])(
    'has no login for the public registry where %s, and its own error for a private one',
    async (_, options, known) => {
      const { keychain } = await setUp(options);
      const error = await failureOf(keychain.resolve(publicGallery));
      expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', ...known });
      expect(error.message).toMatch(/^\[CREDENTIALS_UNAVAILABLE\] log in to Amazon ECR Public: (?!.*hunter2)/);
      expect(await failureOf(keychain.resolve(ireland))).not.toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
    },
  );

  it.each([publicGallery, ireland])('ends with the reason of the signal for $registry', async (target) => {
    const { double, keychain } = await setUp();
    const controller = new AbortController();
    const reason = new Error('enough');
    double.replies.ecr.push({ status: 500 });
    const work = Promise.resolve(keychain.resolve(target, { signal: controller.signal }));
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    await expect(keychain.resolve(target, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('ecrKeychain on a machine', () => {
  it('goes the whole way from a service account to a login', async () => {
    const { double, keychain } = await setUp({
      env: {
        AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/scanner',
        AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
        AWS_REGION: 'eu-west-1',
      },
      readFile: async () => 'a.b.c',
    });
    double.handlers.sts = () => ({
      status: 200,
      body: `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
        <AccessKeyId>ASIAKNOWN</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey>
        <SessionToken>${sessionToken}</SessionToken><Expiration>2026-05-04T11:00:00Z</Expiration>
        </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
    });
    expect(await keychain.resolve(ireland)).toEqual({
      username: 'AWS',
      password: 'login-of-ASIAKNOWN-2',
      source: 'Amazon ECR in eu-west-1 as arn:aws:iam::111122223333:role/scanner',
    });
  });
});
