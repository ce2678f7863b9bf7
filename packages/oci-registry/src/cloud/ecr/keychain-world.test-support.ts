import { expect } from 'vitest';
import type { Keychain, KeychainTarget } from '../../credentials/keychain.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import type { AwsCredentials, AwsCredentialsSource } from './aws-credentials.ts';
import { createEcrDouble, type EcrDouble } from './ecr-double.test-support.ts';
import { type EcrKeychainOptions, ecrKeychain } from './ecr-keychain.ts';

export const hour: number = 3_600_000;
/** What both clocks show at first. */
export const start: number = Date.parse('2026-05-04T10:00:00Z');
/** A private repository. */
export const ireland: KeychainTarget = {
  registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
  repository: 'team/app',
};
/** A public one. */
export const publicGallery: KeychainTarget = { registry: 'public.ecr.aws', repository: 'nginx/nginx' };
/** Secrets of the keys that the double knows. */
export const secret: string = 'wJalrXUtnFEMI+secret';
export const sessionToken: string = 'IQoJb3JpZ2luX2Vj-session';
/** Who AWS says it is. */
export const arn: string = 'arn:aws:sts::111122223333:assumed-role/node/i-0123';
/** Variables with a key that is good. */
export const env: Readonly<Record<string, string>> = { AWS_ACCESS_KEY_ID: 'AKIAKNOWN', AWS_SECRET_ACCESS_KEY: secret };
/** Variables that lead nowhere. */
export const noIdentity: Readonly<Record<string, string>> = { AWS_EC2_METADATA_DISABLED: 'true' };

/** A keychain and what it lives with. */
export interface World {
  readonly double: EcrDouble;
  readonly keychain: Keychain;
  /** Waits between attempts, ms. */
  readonly waits: number[];
  /** The clock of this machine. */
  readonly clock: { now: number };
}

/** A keychain next to a double that knows the keys AKIAKNOWN, and ASIAKNOWN with a session. */
export async function setUp(options: EcrKeychainOptions = {}): Promise<World> {
  const double = untilTestEnds(await createEcrDouble(start));
  double.keys.set('AKIAKNOWN', { secret });
  double.keys.set('ASIAKNOWN', { secret, sessionToken });
  const waits: number[] = [];
  const clock = { now: start };
  const keychain = ecrKeychain({
    env,
    http: double.http,
    now: () => clock.now,
    retry: { sleep: async (ms) => void waits.push(ms), random: () => 1 },
    ...options,
  });
  return { double, keychain, waits, clock };
}

/** Credentials that change: the next ones at each call. */
export function provider(...answers: AwsCredentials[]): AwsCredentialsSource & { calls: number } {
  const self = {
    name: 'test',
    calls: 0,
    get: async () => {
      self.calls += 1;
      return answers[Math.min(self.calls, answers.length) - 1] ?? expect.fail('no answer');
    },
  };
  return self;
}

/** Credentials that are good for six hours. */
export const temporary = (over: Partial<AwsCredentials> = {}): AwsCredentials => ({
  accessKeyId: 'ASIAKNOWN',
  secretAccessKey: secret,
  sessionToken,
  expiresAt: start + 6 * hour,
  identity: 'the role node',
  ...over,
});

/** What no error may show. */
export const hidden: readonly string[] = [secret, sessionToken, 'AKIAKNOWN', 'ASIAKNOWN', 'Signature=', 'login-of'];
