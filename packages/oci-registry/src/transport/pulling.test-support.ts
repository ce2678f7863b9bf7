import type { Credential } from '../credentials/credential.ts';
import type { Keychain } from '../credentials/keychain.ts';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import type { RegistryClientOptions } from './client-options.ts';

/** A registry with an image `team/app:1`. */
export async function registryWith(options: TestRegistryOptions = {}): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  await registry.push('team/app', '1');
  return registry;
}

/** A client that does not sleep but tells for how long it would have. */
export function clientWith(options: RegistryClientOptions = {}): RegistryClient & { slept: number[] } {
  const slept: number[] = [];
  const retry = {
    random: () => 1,
    sleep: (ms: number) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const client = new RegistryClient({ ...options, retry: { ...retry, ...options.retry } });
  untilTestEnds(client);
  return Object.assign(client, { slept });
}

/** Number of bytes of a stream, read to its end. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of source) length += chunk.length;
  return length;
}

/** The image of the registry. */
export const ref = (registry: TestRegistry): string => `${registry.host}/team/app:1`;
/** A keychain with a credential for one registry. */
export const credentialFor = (registry: TestRegistry, credential: Credential): Keychain =>
  staticKeychain({ [registry.host]: credential });
/** A user with a colon in the password. */
export const user: Credential & { username: string; password: string } = { username: 'robot', password: 'pa:ss' };
const schemeOf = (value: unknown): string => String(value ?? 'none').split(' ', 1)[0] ?? '';
/** What was asked, in words: server, method, what, scheme of the authorization, status. */
export const log = (registry: TestRegistry): readonly string[] =>
  registry.requests.map(({ server, method, path, status, headers }) => {
    const what = path.split('/').at(-2) === 'v2' ? path : path.split('/').at(-2) || path.slice(1);
    return `${server} ${method} ${what} ${schemeOf(headers.authorization)} ${status}`;
  });
