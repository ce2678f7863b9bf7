import { describe, expect, it } from 'vitest';
import type { RegistryError } from '../../error.ts';
import { failureOf } from '../../testing/failure-of.test-support.ts';
import type { AwsCredentialsProvider } from './aws-credentials.ts';
import { errorReply } from './ecr-double.test-support.ts';
import {
  arn,
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
      const { double, keychain } = await setUp({ credentials: { name: 'never', provide: () => expect.fail('asked') } });
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

  it('reads the public registry anonymously without an identity, and tells nobody', async () => {
    const { double, keychain } = await setUp({ env: noIdentity, onProblem: () => expect.fail('told') });
    expect(await keychain.resolve(publicGallery)).toBeUndefined();
    expect(double.asked).toEqual([]);
  });

  it('says for a private registry where it looked for an identity', async () => {
    const { keychain } = await setUp({ env: noIdentity });
    const error = await failureOf(Promise.resolve(keychain.resolve(ireland)));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: false });
    expect(error.message).toBe(
      '[CREDENTIALS_UNAVAILABLE] log in to Amazon ECR in eu-west-1: no AWS identity was found: ' +
        'environment (AWS_ACCESS_KEY_ID is not set), web identity (AWS_WEB_IDENTITY_TOKEN_FILE is not set), ' +
        'container (neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set), ' +
        'instance metadata (AWS_EC2_METADATA_DISABLED is set)',
    );
  });

  it('does not look for an identity before each image where there is none, and finds one that comes later', async () => {
    let calls = 0;
    const credentials: AwsCredentialsProvider = {
      name: 'late',
      provide: async () => {
        calls += 1;
        return calls === 1 ? { absent: 'not yet' } : temporary();
      },
    };
    const { keychain, clock } = await setUp({ credentials });
    await failureOf(Promise.resolve(keychain.resolve(ireland)));
    await failureOf(Promise.resolve(keychain.resolve(ireland)));
    expect(calls).toBe(1);
    clock.now += 31_000;
    expect(await keychain.resolve(ireland)).toMatchObject({ username: 'AWS' });
  });

  it('reads the public registry anonymously for five minutes where the identity may not log in, and tells it once', async () => {
    const problems: unknown[] = [];
    const { double, keychain, clock } = await setUp({ onProblem: (error) => problems.push(error) });
    double.replies['ecr-public'].push(errorReply(400, 'AccessDeniedException', `User: ${arn} is not authorized`));
    expect(await Promise.all([keychain.resolve(publicGallery), keychain.resolve(publicGallery)])).toEqual([
      undefined,
      undefined,
    ]);
    clock.now += 4.9 * 60_000;
    expect(await keychain.resolve(publicGallery)).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect((problems[0] as RegistryError).message).toContain(`${arn} may not do ecr-public:GetAuthorizationToken`);
    expect((problems[0] as RegistryError).hint).toContain('sts:GetServiceBearerToken');
    clock.now += 0.2 * 60_000;
    expect(await keychain.resolve(publicGallery)).toMatchObject({ username: 'AWS' });
    expectNoSecret(problems[0] as Error, ...hidden);
  });

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
