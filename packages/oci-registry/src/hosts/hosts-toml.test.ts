import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { folderWith } from './files.test-support.ts';
import { type HostsTomlOptions, hostsToml } from './hosts-toml.ts';
import type { RegistryHost } from './registry-host.ts';

const repository = 'team/app';

async function hostsIn(
  files: Readonly<Record<string, string>>,
  registry: string,
  options: Partial<HostsTomlOptions> = {},
): Promise<readonly RegistryHost[] | undefined> {
  return hostsToml({ directories: [await folderWith(files)], ...options }).hostsFor({ registry, repository });
}

/** What one file for `r.example` makes of it. */
async function hostsOf(text: string): Promise<readonly RegistryHost[]> {
  return (await hostsIn({ 'r.example/hosts.toml': text }, 'r.example')) ?? [];
}

const urls = (hosts: readonly RegistryHost[] | undefined): unknown => hosts?.map(({ api }) => api.href);

describe('the folder of a registry', () => {
  const file = (name: string): string => `server = "https://${name}"`;

  it.each([
    ['r.example', 'r.example'],
    ['r.example:5000', 'r.example_5000_'],
    ['r.example:5000', 'r.example:5000'],
    ['docker.io', 'docker.io'],
    ['[::1]:5000', '[::1]_5000_'],
    ['any.example', '_default'],
    ['any.example:5000', '_default'],
  ])('of %s is %s', async (registry, folder) => {
    expect(urls(await hostsIn({ [`${folder}/hosts.toml`]: file('found') }, registry))).toEqual(['https://found/v2/']);
  });

  it.each([
    ['r.example:5000', 'r.example'],
    ['r.example', 'r.example_443_'],
    ['r.example', 'example'],
  ])('of %s is not %s', async (registry, folder) => {
    expect(await hostsIn({ [`${folder}/hosts.toml`]: file('found') }, registry)).toBeUndefined();
  });

  it('is the first that exists, in each directory before the next', async () => {
    const first = await folderWith({
      'a.example_1_/hosts.toml': file('a-port'),
      'a.example:1/hosts.toml': file('a-colon'),
      '_default/hosts.toml': file('default'),
    });
    const second = await folderWith({ 'b.example/hosts.toml': file('b') });
    const hosts = hostsToml({ directories: [join(first, 'missing'), first, second] });
    expect(urls(await hosts.hostsFor({ registry: 'a.example:1', repository }))).toEqual(['https://a-port/v2/']);
    expect(urls(await hosts.hostsFor({ registry: 'b.example', repository }))).toEqual(['https://default/v2/']);
    const other = hostsToml({ directories: [second, first] });
    expect(urls(await other.hostsFor({ registry: 'b.example', repository }))).toEqual(['https://b/v2/']);
  });

  it('says nothing where it has neither hosts.toml nor certificates', async () => {
    expect(await hostsIn({ 'r.example/notes.txt': '', '_default/hosts.toml': file('d') }, 'r.example')).toBeUndefined();
    expect(await hostsToml({ directories: [] }).hostsFor({ registry: 'r.example', repository })).toBeUndefined();
  });

  it('is not looked for under a name that is no host', async () => {
    const failure = failureOf(hostsIn({ 'hosts.toml': file('found') }, '../'));
    expect(await failure).toMatchObject({ code: 'REFERENCE_INVALID' });
  });
});

describe('hosts.toml', () => {
  it('has its mirrors in the order of the file, then the server', async () => {
    const hosts = await hostsOf(`
      server = "https://r.example"
      [host."https://z.example"]
        capabilities = ["pull"]
      [host."http://a.example:8080"]
        capabilities = ["PULL", "resolve"]
      [host."https://m.example".header]
        x-only = "a header"
      [host."https://b.example"]
        capabilities = ["push", "referrers"]
    `);
    expect(hosts.map(({ api, capabilities }) => [api.href, [...capabilities].join()])).toEqual([
      ['https://z.example/v2/', 'pull'],
      ['http://a.example:8080/v2/', 'pull,resolve'],
      ['https://m.example/v2/', 'pull,resolve,push'],
      ['https://b.example/v2/', 'push'],
      ['https://r.example/v2/', 'pull,resolve,push'],
    ]);
    expect(hosts.every((host) => host.repository === repository)).toBe(true);
  });

  it.each([
    ['https://m.example', 'https://m.example/v2/'],
    ['https://m.example/', 'https://m.example/v2/'],
    ['https://m.example/v2', 'https://m.example/v2/'],
    ['https://m.example/v2/', 'https://m.example/v2/'],
    ['https://m.example/us', 'https://m.example/us/v2/'],
    ['https://m.example//us/../eu/', 'https://m.example/eu/v2/'],
    ['https://m.example/notv2', 'https://m.example/notv2/v2/'],
    ['m.example:5000/us', 'https://m.example:5000/us/v2/'],
    ['httpd.example', 'https://httpd.example/v2/'],
    ['http://m.example', 'http://m.example/v2/'],
    ['HTTP://M.example', 'http://m.example/v2/'],
    ['http://127.0.0.1:5000', 'http://127.0.0.1:5000/v2/'],
    ['https://[2001:db8::1]:5000', 'https://[2001:db8::1]:5000/v2/'],
    ['https://docker.io', 'https://registry-1.docker.io/v2/'],
  ])('reads the host %s as %s', async (text, api) => {
    expect(urls(await hostsOf(`[host.${JSON.stringify(text)}]`))).toEqual([api, 'https://r.example/v2/']);
    expect(urls(await hostsOf(`server = ${JSON.stringify(text)}`))).toEqual([api]);
  });

  it.each([
    ['https://m.example', 'https://m.example/'],
    ['https://m.example/v2/hub', 'https://m.example/v2/hub/'],
    ['https://m.example/hub/', 'https://m.example/hub/'],
  ])('adds nothing to %s with override_path', async (text, api) => {
    expect(urls(await hostsOf(`server = "${text}"\noverride_path = true`))).toEqual([api]);
  });

  it('names the registry to other hosts, and to itself not', async () => {
    const text = `
      server = "https://registry-1.docker.io"
      [host."https://mirror.example:443"]
    `;
    const [mirror, server] = (await hostsIn({ 'docker.io/hosts.toml': text }, 'docker.io')) ?? [];
    expect(mirror).toMatchObject({ registry: 'mirror.example:443', namespace: 'docker.io' });
    expect(server).toMatchObject({ registry: 'docker.io' });
    expect(server).not.toHaveProperty('namespace');
    expect((await hostsOf('server = "https://other.example"'))[0]).toMatchObject({ namespace: 'r.example' });
  });

  it('ends with the registry itself where it names no server, with the settings but not the capabilities', async () => {
    const text = 'capabilities = ["pull"]\nskip_verify = true\n[header]\nx-a = "1"\n[host."https://m.example"]';
    const hosts = (await hostsIn({ '_default/hosts.toml': text }, 'docker.io')) ?? [];
    expect(hosts[1]?.api.href).toBe('https://registry-1.docker.io/v2/');
    expect(hosts[1]).toMatchObject({
      registry: 'docker.io',
      tls: { rejectUnauthorized: false },
      headers: { 'x-a': '1' },
    });
    expect(hosts[1]?.capabilities).toEqual(new Set(['pull', 'resolve', 'push']));
    expect(hosts[0]).not.toHaveProperty('tls');
  });

  it('keeps the name that a registry is asked by, where it is the registry itself', async () => {
    const files = { '_default/hosts.toml': '[host."https://m.example"]' };
    const itself = (await hostsIn(files, 'registry-1.docker.io'))?.at(-1);
    expect(itself?.api.href).toBe('https://registry-1.docker.io/v2/');
    expect(itself?.registry).toBe('registry-1.docker.io');
    expect(itself).not.toHaveProperty('namespace');
  });

  it('leaves the scheme of a registry it does not name to the options', async () => {
    const files = { '_default/hosts.toml': '[host."https://m.example"]' };
    const itself = async (registry: string, options?: Partial<HostsTomlOptions>): Promise<unknown> =>
      (await hostsIn(files, registry, options))?.at(-1)?.api.href;
    expect(await itself('localhost:5000')).toBe('http://localhost:5000/v2/');
    expect(await itself('localhost:5000', { loopbackHttp: false })).toBe('https://localhost:5000/v2/');
    expect(await itself('old.example')).toBe('https://old.example/v2/');
    expect(await itself('old.example', { insecureHttp: ['old.example'] })).toBe('http://old.example/v2/');
  });

  it('tries https first where http is named with a port of its own and TLS is configured', async () => {
    const hosts = await hostsOf(
      '[host."http://m.example:5000/a"]\nskip_verify = true\n[host."http://n.example"]\nskip_verify = true',
    );
    expect(urls(hosts)).toEqual([
      'https://m.example:5000/a/v2/',
      'http://m.example:5000/a/v2/',
      'http://n.example/v2/',
      'https://r.example/v2/',
    ]);
    expect(hosts[0]).toMatchObject({ tls: { rejectUnauthorized: false }, registry: 'm.example:5000' });
  });

  it('joins the values of a header', async () => {
    const hosts = await hostsOf('[host."https://m.example".header]\nx-one = "a"\nx-many = ["b", "c d"]');
    expect(hosts[0]?.headers).toEqual({ 'x-one': 'a', 'x-many': 'b, c d' });
    expect(hosts[1]).not.toHaveProperty('headers');
  });

  it('passes over what it does not know, and dial_timeout', async () => {
    expect(
      urls(await hostsOf('dial_timeout = "3s"\nfuture = 1\n[host."https://m.example"]\nfuture = {}')),
    ).toHaveLength(2);
  });

  it('reads the example of a pull-through cache', async () => {
    const text = `
# Hub, by way of two caches
server = "https://registry-1.docker.io"

[host."https://cache.public.example"]
  capabilities = ["pull"]                # may not say what a tag means

[host."https://harbor.internal/v2/hub"]
  capabilities = ["pull", "resolve"]
  override_path = true
  [host."https://harbor.internal/v2/hub".header]
    authorization = "Basic cm9ib3Q6c2VjcmV0"
`;
    const hosts = (await hostsIn({ 'docker.io/hosts.toml': text }, 'docker.io')) ?? [];
    expect(hosts).toEqual([
      {
        api: new URL('https://cache.public.example/v2/'),
        registry: 'cache.public.example',
        repository,
        namespace: 'docker.io',
        capabilities: new Set(['pull']),
      },
      {
        api: new URL('https://harbor.internal/v2/hub/'),
        registry: 'harbor.internal',
        repository,
        namespace: 'docker.io',
        capabilities: new Set(['pull', 'resolve']),
        headers: { authorization: 'Basic cm9ib3Q6c2VjcmV0' },
      },
      {
        api: new URL('https://registry-1.docker.io/v2/'),
        registry: 'docker.io',
        repository,
        capabilities: new Set(['pull', 'resolve', 'push']),
      },
    ]);
  });
});

describe('a hosts.toml that cannot be understood', () => {
  it.each([
    ['[host."https://m.example"]\ncapabilities = ["pull"\n[x]', 'line 3'],
    ['server = "https://a"\nserver = "https://b"', 'line 2'],
    ['server = 1', 'field server: expected string'],
    ['capabilities = ["steal"]', 'field capabilities[0]: expected pull, resolve, push or referrers'],
    ['[host."https://m.example"]\nskip_verify = "yes"', 'field host."https://m.example".skip_verify'],
    ['[host."https://m.example"]\nca = 1', 'field host."https://m.example".ca: expected a path or a list of paths'],
    ['[host."https://m.example"]\nclient = [["a", "b", "c"]]', 'field host."https://m.example".client'],
    ['[host."https://m.example".header]\nx-a = 1', 'field host."https://m.example".header.x-a'],
    ['[header]\nx-a = "b\\r\\nx-c: d"', 'field header.x-a'],
    ['[header]\n"a b" = "c"', 'field header'],
    ['[header]\nHost = "c"', 'field header.Host'],
    ['host = "https://m.example"', 'field host'],
    ['[host.__proto__]', 'line 1'],
    ['[host."ftp://m.example"]', 'field host."ftp://m.example": not the URL of a host'],
    ['[host."https://m.example?sig=hush"]', 'field host."https://m.example": not the URL of a host'],
    ['[host."https://me:hush@m.example"]', 'field host."https://m.example": not the URL of a host'],
    ['[host."5000"]', 'field host.5000: not the URL of a host'],
    ['server = "https://"', 'field server: not the URL of a host'],
    ['server = "https://m.example:99999"', 'field server: not the URL of a host'],
  ])('%j is refused with the place', async (text, place) => {
    const failure = await failureOf(hostsOf(text));
    expect(failure.code).toBe('HOSTS_INVALID');
    expect(failure.message).toContain('r.example/hosts.toml');
    expect(failure.message).toContain(place);
    expect(failure.message).not.toContain('hush');
  });

  it('is not quoted', async () => {
    const failure = await failureOf(hostsOf('[header]\nauthorization = "Basic c2VjcmV0" "'));
    expect(failure).toMatchObject({ code: 'HOSTS_INVALID', message: expect.stringContaining('line 2') });
    expect(String(failure) + String(failure.cause)).not.toContain('c2VjcmV0');
  });

  it('may be too large, no text or no file', async () => {
    const folder = await folderWith({
      'a.example/hosts.toml': '#'.repeat(1024 * 1024 + 1),
      'b.example/hosts.toml': '',
    });
    await writeFile(join(folder, 'b.example/hosts.toml'), Buffer.from([0x23, 0xff, 0xfe]));
    await mkdir(join(folder, 'c.example/hosts.toml'), { recursive: true });
    const hosts = hostsToml({ directories: [folder] });
    for (const [registry, reason] of [
      ['a.example', /larger than 1048576 bytes/],
      ['b.example', /not UTF-8/],
      ['c.example', /EINVAL/],
    ] as const) {
      const failure = await failureOf(hosts.hostsFor({ registry, repository }));
      expect(failure).toMatchObject({ code: 'HOSTS_INVALID', message: expect.stringMatching(reason) });
    }
  });
});
