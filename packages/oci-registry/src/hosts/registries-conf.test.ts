import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { selfSignedCertificate } from '../testing/self-signed.ts';
import { folderWith } from './files.test-support.ts';
import { registriesConf } from './registries-conf.ts';
import type { HostTarget, RegistryHost } from './registry-host.ts';

function targetOf(name: string): HostTarget {
  const slash = name.indexOf('/');
  return { registry: name.slice(0, slash), repository: name.slice(slash + 1) };
}

/** Looks a name up in files, `registries.conf` and its drop-ins. */
async function lookUp(
  files: string | Readonly<Record<string, string>>,
  name: string,
): Promise<readonly RegistryHost[] | undefined> {
  const folder = await folderWith(typeof files === 'string' ? { 'registries.conf': files } : files);
  return registriesConf({ paths: [join(folder, 'registries.conf')] }).hostsFor(targetOf(name));
}

/** `https://host/v2/ repository capabilities`, and `any certificate` where none is verified. */
function print(hosts: readonly RegistryHost[] | undefined): readonly string[] | undefined {
  return hosts?.map(({ api, repository, capabilities, tls }) =>
    [api.href, repository, [...capabilities].join(), ...(tls?.rejectUnauthorized === false ? ['any'] : [])].join(' '),
  );
}

describe('registriesConf', () => {
  const company = `
unqualified-search-registries = ["registry.example"]
short-name-mode = "enforcing"
credential-helpers = ["pass"]

[aliases]
"tool" = "registry.example/tools/tool"

[[registry]]
prefix = "registry.example/shop"
location = "store.internal/goods"

  [[registry.mirror]]
  location = "near.internal/copies/shop"

  [[registry.mirror]]
  location = "far.internal:5000/shop"
  insecure = true

[[registry]]
location = "quay.example"

  [[registry.mirror]]
  location = "quay.near.internal"
`;

  it('reads mirrors and location in order, moved to where they are', async () => {
    expect(print(await lookUp(company, 'registry.example/shop/web/cart'))).toEqual([
      'https://near.internal/v2/ copies/shop/web/cart pull,resolve',
      'https://far.internal:5000/v2/ shop/web/cart pull,resolve any',
      'http://far.internal:5000/v2/ shop/web/cart pull,resolve any',
      'https://store.internal/v2/ goods/web/cart pull,resolve',
      'https://registry.example/v2/ shop/web/cart push',
    ]);
    expect(print(await lookUp(company, 'quay.example/app'))).toEqual([
      'https://quay.near.internal/v2/ app pull,resolve',
      'https://quay.example/v2/ app pull,resolve,push',
    ]);
  });

  it('says nothing about names without a table, and where there is no file', async () => {
    expect(await lookUp(company, 'registry.example/shopping/cart')).toBeUndefined();
    expect(await lookUp(company, 'docker.io/library/alpine')).toBeUndefined();
    expect(await lookUp({}, 'quay.example/app')).toBeUndefined();
    expect(await registriesConf({ paths: [] }).hostsFor(targetOf('quay.example/app'))).toBeUndefined();
  });

  it('takes the longest prefix', async () => {
    const table = (prefix: string, to: string): string => `[[registry]]\nprefix = "${prefix}"\nlocation = "${to}"\n`;
    const text =
      table('r.example/a', 'two.test') +
      table('r.example/a/b', 'three.test') +
      table('*.example', 'wild.test') +
      table('r.example', 'one.test');
    const first = async (name: string): Promise<unknown> =>
      print(await lookUp(text, name))?.[0]
        ?.split(' ', 2)
        .join(' ');
    expect(await first('r.example/x')).toBe('https://wild.test/v2/ x');
    expect(await first('r.example/a/x')).toBe('https://two.test/v2/ x');
    expect(await first('r.example/a/b/x')).toBe('https://three.test/v2/ x');
    expect(await first('r.example/ab/x')).toBe('https://wild.test/v2/ ab/x');
    expect(await first('deep.s.example/x')).toBe('https://wild.test/v2/ x');
  });

  it('leaves names below a wildcard as they are where it has no location', async () => {
    const text =
      '[[registry]]\nprefix = "*.corp.example"\ninsecure = true\n[[registry.mirror]]\nlocation = "m.example"';
    expect(print(await lookUp(text, 'eu.corp.example:5000/app'))).toEqual([
      'https://m.example:5000/v2/ app pull,resolve',
      'https://eu.corp.example:5000/v2/ app pull,resolve,push any',
      'http://eu.corp.example:5000/v2/ app pull,resolve,push any',
    ]);
  });

  it('takes a wildcard that stands as location alone for the prefix', async () => {
    const text = '[[registry]]\nlocation = "*.corp.example"\ninsecure = true';
    expect(print(await lookUp(text, 'eu.corp.example/app'))?.[0]).toBe(
      'https://eu.corp.example/v2/ app pull,resolve,push any',
    );
  });

  it('knows Docker Hub by its name', async () => {
    const text = '[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "Index.Docker.io/other"';
    const hosts = await lookUp(text, 'docker.io/library/alpine');
    expect(hosts?.map(({ api, registry, repository }) => [api.host, registry, repository])).toEqual([
      ['registry-1.docker.io', 'docker.io', 'other/library/alpine'],
      ['registry-1.docker.io', 'docker.io', 'library/alpine'],
    ]);
  });

  it('maps pull-from-mirror and mirror-by-digest-only to capabilities', async () => {
    const mirrors = (...values: readonly string[]): string =>
      values.map((value, index) => `[[registry.mirror]]\nlocation = "m${index}.example"\n${value}\n`).join('');
    const kinds = ['all', 'digest-only', 'tag-only', ''].map((value) => `pull-from-mirror = "${value}"`);
    const each = print(await lookUp(`[[registry]]\nlocation = "r.example"\n${mirrors(...kinds)}`, 'r.example/a'));
    expect(each?.map((line) => line.split(' ')[2])).toEqual([
      'pull,resolve',
      'pull',
      'resolve',
      'pull,resolve',
      'pull,resolve,push',
    ]);
    const text = `[[registry]]\nlocation = "r.example"\nmirror-by-digest-only = true\n${mirrors('')}`;
    expect(print(await lookUp(text, 'r.example/a'))?.[0]).toBe('https://m0.example/v2/ a pull');
  });

  it('refuses what is blocked', async () => {
    const text = '[[registry]]\nlocation = "r.example/bad"\nblocked = true\n[[registry]]\nlocation = "r.example"';
    const failure = await failureOf(lookUp(text, 'r.example/bad/app'));
    expect(failure).toMatchObject({ code: 'BLOCKED', retryable: false });
    expect(failure.message).toMatch(
      /r\.example\/bad\/app, .*registries\.conf, \[\[registry\]\] with prefix "r\.example\/bad"/,
    );
    expect(print(await lookUp(text, 'r.example/badly'))).toHaveLength(1);
  });

  it('refuses a name that a location makes none of', async () => {
    const text = '[[registry]]\nprefix = "r.example/team/app"\nlocation = "m.example"';
    expect(await failureOf(lookUp(text, 'r.example/team/app'))).toMatchObject({ code: 'HOSTS_INVALID' });
    expect(print(await lookUp(text, 'r.example/team/app/x'))?.[0]).toBe('https://m.example/v2/ x pull,resolve');
  });

  it('is not asked about what is no host', async () => {
    expect(await failureOf(lookUp(company, '../a'))).toMatchObject({ code: 'REFERENCE_INVALID' });
  });

  it('adds the certificates for each host', async () => {
    const { cert, key } = selfSignedCertificate();
    const folder = await folderWith({
      'registries.conf': company,
      'certs.d/near.internal/ca.crt': cert,
      'certs.d/far.internal:5000/client.cert': cert,
      'certs.d/far.internal:5000/client.key': key,
      'more/near.internal/other.crt': key,
    });
    const paths = [join(folder, 'registries.conf')];
    const certificates = ['none', 'certs.d', 'more'].map((name) => join(folder, name));
    const hosts = await registriesConf({ paths, certificates }).hostsFor(targetOf('registry.example/shop/a'));
    const insecure = { cert, key, rejectUnauthorized: false };
    expect(hosts?.map(({ tls }) => tls)).toEqual([{ ca: [cert] }, insecure, insecure, undefined, undefined]);
  });
});

describe('several files', () => {
  const to = (prefix: string, location: string): string =>
    `[[registry]]\nprefix = "${prefix}"\nlocation = "${location}"\n`;
  const hostOf = async (paths: readonly string[], name: string): Promise<string | undefined> =>
    (await registriesConf({ paths }).hostsFor(targetOf(name)))?.[0]?.registry;

  it('are merged by prefix: drop-ins by name, each over those before, other files not at all', async () => {
    const files = {
      'registries.conf': to('a.example', 'main.test') + to('b.example', 'main.test') + to('c.example', 'main.test'),
      'registries.conf.d/20-b.conf': to('b.example', 'twenty.test') + to('b.example', 'ignored.test'),
      'registries.conf.d/10-a.conf': to('b.example', 'ten.test') + to('c.example', 'ten.test'),
      'registries.conf.d/30.conf.bak': to('a.example', 'bak.test'),
      'registries.conf.d/40.conf/x.conf': to('a.example', 'nested.test'),
    };
    expect(print(await lookUp(files, 'a.example/x'))?.[0]).toContain('main.test');
    expect(print(await lookUp(files, 'b.example/x'))?.[0]).toContain('twenty.test');
    expect(print(await lookUp(files, 'c.example/x'))?.[0]).toContain('ten.test');
  });

  it('of user and system count as Podman has it', async () => {
    const folder = await folderWith({
      'system/registries.conf': to('a.example', 'system.test'),
      'system/registries.conf.d/x.conf':
        to('b.example', 'system-drop-in.test') + to('c.example', 'system-drop-in.test'),
      'user/registries.conf.d/x.conf': to('c.example', 'user-drop-in.test'),
    });
    const paths = ['user', 'system'].map((name) => join(folder, name, 'registries.conf'));
    expect(await hostOf(paths, 'a.example/x')).toBe('system.test');
    expect(await hostOf(paths, 'b.example/x')).toBe('system-drop-in.test');
    expect(await hostOf(paths, 'c.example/x')).toBe('user-drop-in.test');
    await writeFile(join(folder, 'user/registries.conf'), to('d.example', 'user.test'));
    expect(await hostOf(paths, 'a.example/x')).toBeUndefined();
    expect(await hostOf(paths, 'b.example/x')).toBeUndefined();
    expect(await hostOf(paths, 'c.example/x')).toBe('user-drop-in.test');
    expect(await hostOf(paths, 'd.example/x')).toBe('user.test');
  });

  it('are looked at again each time', async () => {
    const folder = await folderWith({ 'r.conf': to('a.example', 'one.test'), 'r.conf.d/x.conf': '' });
    const hosts = registriesConf({ paths: [join(folder, 'r.conf')] });
    const look = async (): Promise<unknown> => (await hosts.hostsFor(targetOf('a.example/x')))?.[0]?.registry;
    expect(await look()).toBe('one.test');
    await writeFile(join(folder, 'r.conf.d/x.conf'), to('a.example', 'two.test'));
    expect(await look()).toBe('two.test');
    await rm(join(folder, 'r.conf.d'), { recursive: true });
    expect(await look()).toBe('one.test');
    const signal = AbortSignal.abort('enough');
    await expect(hosts.hostsFor(targetOf('a.example/x'), { signal })).rejects.toBe('enough');
  });
});

describe('a registries.conf that cannot be understood', () => {
  const mirror = (text: string): string => `[[registry]]\nlocation = "r.example"\n[[registry.mirror]]\n${text}`;

  it.each([
    ['[[registry]\n', 'line 1'],
    ['[registries.search]\nregistries = ["r.example"]', 'field registries: this is version 1 of the format'],
    ['[registry]\nlocation = "r.example"', 'field registry: expected array'],
    ['[[registry]]\ninsecure = true', 'field registry[0]: neither prefix nor location'],
    ['[[registry]]\nprefix = "r.example"', 'field registry[0]: location is missing'],
    ['[[registry]]\nlocation = "https://r.example"', 'field registry[0].location: expected HOST'],
    ['[[registry]]\nlocation = "r.example"\nblocked = "yes"', 'field registry[0].blocked: expected boolean'],
    [
      '[[registry]]\nprefix = "*.example/a"\nlocation = "r.example"',
      'field registry[0]: a wildcard prefix has neither',
    ],
    [
      '[[registry]]\nprefix = "r.example/a:1"\nlocation = "x.example/a:1"',
      'field registry[0].prefix: a prefix with a tag',
    ],
    ['[[registry]]\nlocation = "r.example"\npull-from-mirror = "all"', 'field registry[0].pull-from-mirror'],
    [mirror(''), 'field registry[0].mirror[0].location'],
    [mirror('location = "/"'), 'field registry[0].mirror[0].location: expected HOST'],
    [
      mirror('location = "m.example"\npull-from-mirror = "never"'),
      'pull-from-mirror: expected all, digest-only or tag-only',
    ],
    [
      '[[registry]]\nlocation = "r.example"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "m.example"\npull-from-mirror = "all"',
      'field registry[0].mirror[0].pull-from-mirror: mirror-by-digest-only',
    ],
    [
      '[[registry]]\nlocation = "r.example"\n[[registry]]\nprefix = "x.example"\nlocation = "r.example"\ninsecure = true',
      'location "r.example" stands there twice, with different values of insecure',
    ],
  ])('%j is refused with the place', async (text, place) => {
    const failure = await failureOf(lookUp(text, 'r.example/app'));
    expect(failure.code).toBe('HOSTS_INVALID');
    expect(failure.message).toContain('registries.conf');
    expect(failure.message).toContain(place);
  });

  it('is one of the drop-ins, too, and there may not be endless many', async () => {
    expect(await failureOf(lookUp({ 'registries.conf.d/x.conf': 'x' }, 'r.example/app'))).toMatchObject({
      code: 'HOSTS_INVALID',
      message: expect.stringContaining('x.conf, line 1'),
    });
    const many = Array.from({ length: 513 }, (_, index) => [`registries.conf.d/${index}.conf`, '']);
    const failure = await failureOf(lookUp(Object.fromEntries(many), 'r.example/app'));
    expect(failure).toMatchObject({ code: 'HOSTS_INVALID', message: expect.stringContaining('more than 512 files') });
  });
});
