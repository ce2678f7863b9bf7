import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { staticKeychain } from '../credentials/static-keychain.ts';
import { RegistryClient } from '../registry/registry-client.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry, type TestRegistry, type TestRegistryOptions } from '../testing.ts';
import { folderWith } from './files.test-support.ts';
import { hostsToml } from './hosts-toml.ts';
import { registriesConf } from './registries-conf.ts';
import type { RegistryHosts } from './registry-host.ts';
import { staticHosts } from './static-hosts.ts';

async function mirrorOf(options: TestRegistryOptions = {}, repository = 'team/app'): Promise<TestRegistry> {
  const registry = untilTestEnds(await createRegistry(options));
  await registry.push(repository, '1');
  return registry;
}

/** Resolves an image that only a mirror can have, and reads it whole. */
async function pull(
  hosts: RegistryHosts,
  options: { username?: string; password?: string; at?: string } = {},
): Promise<number> {
  const { username = 'robot', password = 'secret', at } = options;
  const keychain = staticKeychain(at === undefined ? {} : { [at]: { username, password } });
  const client = untilTestEnds(new RegistryClient({ hosts, keychain, retry: { tries: 1 } }));
  const image = await client.resolve('upstream.invalid/team/app:1');
  let bytes = 0;
  for (const layer of image.layers) for await (const chunk of layer.open()) bytes += chunk.length;
  return bytes;
}

describe('a client with configured hosts', () => {
  it('pulls from the mirror of a hosts.toml, by its certificate, telling it the registry', async () => {
    const mirror = await mirrorOf({ tls: true });
    const folder = await folderWith({
      'upstream.invalid/hosts.toml': `[host.${JSON.stringify(mirror.url)}]\nca = "ca.pem"\nheader.x-team = "a"`,
      'upstream.invalid/ca.pem': mirror.certificate ?? '',
    });
    expect(await pull(hostsToml({ directories: [folder] }))).toBeGreaterThan(0);
    expect(mirror.requests.every(({ query }) => query.includes('ns=upstream.invalid'))).toBe(true);
    expect(mirror.requests.every(({ headers }) => headers['x-team'] === 'a')).toBe(true);
  });

  it.each([true, false])('pulls from an insecure mirror of a registries.conf, with TLS: %s', async (tls) => {
    const mirror = await mirrorOf({ tls }, 'copies/app');
    const text = `
      [[registry]]
      location = "upstream.invalid/team"
      [[registry.mirror]]
      location = "${mirror.host}/copies"
      insecure = true`;
    const folder = await folderWith({ 'registries.conf': text });
    expect(await pull(registriesConf({ paths: [join(folder, 'registries.conf')] }))).toBeGreaterThan(0);
    expect(mirror.requests.every(({ query }) => query === '')).toBe(true);
  });

  it('shows a mirror the credentials of the mirror, and those of the registry not', async () => {
    const mirror = await mirrorOf({
      auth: { type: 'basic', username: 'robot', password: 'secret' },
    });
    const hosts = staticHosts({
      'upstream.invalid': { mirrors: [mirror.host] },
    });
    expect(await pull(hosts, { at: mirror.host })).toBeGreaterThan(0);
    const before = mirror.requests.length;
    await expect(pull(hosts, { at: 'upstream.invalid' })).rejects.toThrow();
    const later = mirror.requests.slice(before);
    expect(later.length).toBeGreaterThan(0);
    expect(later.every(({ headers }) => headers.authorization === undefined)).toBe(true);
  });

  it.each([true, false])('has the answer of an insecure registry itself, asked once, with TLS: %s', async (tls) => {
    const registry = await mirrorOf({
      tls,
      faults: [
        {
          on: 'manifest',
          reference: '1',
          times: 1,
          fault: { kind: 'status', status: 503 },
        },
      ],
    });
    const folder = await folderWith({
      'r.conf': `[[registry]]\nlocation = "${registry.host}"\ninsecure = true`,
    });
    const hosts = registriesConf({ paths: [join(folder, 'r.conf')] });
    const retry = { tries: 2, sleep: () => Promise.resolve() };
    const client = untilTestEnds(new RegistryClient({ hosts, retry }));
    const missing = client.resolve(`${registry.host}/team/app:none`);
    await expect(missing).rejects.toMatchObject({ code: 'MANIFEST_UNKNOWN' });
    expect(registry.requests.map(({ status }) => status)).toEqual([404]);
    await client.resolve(`${registry.host}/team/app:1`);
    expect(registry.requests.map(({ status }) => status).slice(0, 3)).toEqual([404, 503, 200]);
  });

  it('asks nobody where the registry is blocked', async () => {
    const mirror = await mirrorOf();
    const hosts = staticHosts({
      'upstream.invalid': { mirrors: [mirror.host], blocked: true },
    });
    await expect(pull(hosts)).rejects.toMatchObject({ code: 'BLOCKED' });
    expect(mirror.requests).toEqual([]);
  });
});
