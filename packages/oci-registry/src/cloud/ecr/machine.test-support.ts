import { expect } from 'vitest';
import type { RegistryError } from '../../error.ts';
import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import type { CloudOptions } from '../cloud-options.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { createEcrDouble, type EcrDouble } from './ecr-double.test-support.ts';

const now = Date.parse('2026-05-04T10:00:00Z');

/** When the credentials below end, RFC 3339. */
export const end = '2026-05-04T16:00:00Z';

/** What services of a machine answer. */
export const credentialsDocument = (over: object = {}): string =>
  JSON.stringify({
    Code: 'Success',
    AccessKeyId: 'ASIATEMPORARY',
    SecretAccessKey: 'temporary-secret',
    Token: 'temporary-session',
    Expiration: end,
    ...over,
  });

/** What is read out of it. */
export const temporary: AwsCredentials = {
  accessKeyId: 'ASIATEMPORARY',
  secretAccessKey: 'temporary-secret',
  sessionToken: 'temporary-session',
  expiresAt: Date.parse(end),
};

/** A process with these variables and token files, next to the double. */
export async function machine(
  env: Record<string, string>,
  files: Record<string, string> = {},
): Promise<{ double: EcrDouble; options: CloudOptions; waits: number[] }> {
  const double = untilTestEnds(await createEcrDouble(now));
  const waits: number[] = [];
  const options: CloudOptions = {
    env,
    http: double.http,
    now: () => double.now,
    readFile: async (path) => files[path] ?? Promise.reject(new Error(`unexpected ${path}`)),
    retry: { sleep: async (ms) => void waits.push(ms), random: () => 0.5 },
  };
  return { double, options, waits };
}

/** Neither an error nor its causes show any of these. */
export function expectNoSecret(error: Error, ...secrets: readonly string[]): void {
  const seen: string[] = [];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    seen.push(at.message, String(at.stack), JSON.stringify(at), String((at as RegistryError).hint));
  }
  for (const secret of secrets) expect(seen.join('\n')).not.toContain(secret);
}
