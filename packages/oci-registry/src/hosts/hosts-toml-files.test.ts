import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { selfSignedCertificate } from '../testing/self-signed.ts';
import { folderWith } from './files.test-support.ts';
import { hostsToml } from './hosts-toml.ts';
import type { RegistryHost } from './registry-host.ts';

const repository = 'team/app';

async function hostsIn(
  files: Readonly<Record<string, string>>,
  registry: string,
): Promise<readonly RegistryHost[] | undefined> {
  return hostsToml({ directories: [await folderWith(files)] }).hostsFor({ registry, repository });
}

const urls = (hosts: readonly RegistryHost[] | undefined): unknown => hosts?.map(({ api }) => api.href);

describe('certificates of hosts', () => {
  const authority = selfSignedCertificate();
  const client = selfSignedCertificate(['client']);

  it('are read relative to the file, or by absolute path', async () => {
    const outside = await folderWith({ 'ca.pem': authority.cert });
    const files = {
      'r.example/hosts.toml': `
        [host."https://one.example"]
          ca = "tls/ca.pem"
          client = "both.pem"
        [host."https://list.example"]
          ca = ["tls/ca.pem", ${JSON.stringify(join(outside, 'ca.pem'))}]
          client = ["both.pem"]
          skip_verify = false
        [host."https://pair.example"]
          client = [["client.cert", "tls/client.key"], ["both.pem", ""]]
        [host."https://half.example"]
          client = [["both.pem", ""]]
      `,
      'r.example/tls/ca.pem': authority.cert,
      'r.example/tls/client.key': client.key,
      'r.example/client.cert': client.cert,
      'r.example/both.pem': client.key + client.cert,
    };
    const hosts = (await hostsIn(files, 'r.example')) ?? [];
    const both = { cert: client.key + client.cert, key: client.key + client.cert };
    expect(hosts.map(({ tls }) => tls)).toEqual([
      { ca: [authority.cert], ...both },
      { ca: [authority.cert, authority.cert], ...both, rejectUnauthorized: true },
      { cert: client.cert, key: client.key },
      both,
      undefined,
    ]);
  });

  it.each([
    ['ca = "missing.pem"', 'missing.pem: ENOENT'],
    ['ca = "hosts.toml"', 'hosts.toml: no certificate in PEM form'],
    ['client = "ca.crt"', 'ca.crt: no private key in PEM form'],
    ['client = [["ca.crt", "other.key"]]', 'other.key: not the key of'],
  ])('%s is refused where the file is not fit', async (text, reason) => {
    const files = { 'hosts.toml': text, 'ca.crt': authority.cert, 'other.key': client.key };
    const entries = Object.entries(files).map(([name, content]) => [`r.example/${name}`, content]);
    const failure = await failureOf(hostsIn(Object.fromEntries(entries), 'r.example'));
    expect(failure).toMatchObject({ code: 'HOSTS_INVALID', message: expect.stringContaining(reason) });
    expect(failure.message).not.toContain('PRIVATE KEY');
  });

  it('come from the layout of docker where there is no hosts.toml, or an empty one', async () => {
    const files = {
      'r.example_5000_/b.crt': client.cert,
      'r.example_5000_/a.crt': authority.cert,
      'r.example_5000_/client.cert': client.cert,
      'r.example_5000_/client.key': client.key,
      'r.example_5000_/unused.key': authority.key,
      'e.example/hosts.toml': '',
      'e.example/client.cert': client.cert + client.key,
    };
    expect(await hostsIn(files, 'r.example:5000')).toEqual([
      {
        api: new URL('https://r.example:5000/v2/'),
        registry: 'r.example:5000',
        repository,
        capabilities: new Set(['pull', 'resolve', 'push']),
        tls: { ca: [authority.cert, client.cert], cert: client.cert, key: client.key },
      },
    ]);
    const [host] = (await hostsIn(files, 'e.example')) ?? [];
    expect(host?.tls).toEqual({ cert: client.cert + client.key, key: client.cert + client.key });
  });
});

describe('a file that changes', () => {
  it('counts at once: written anew, replaced, removed, and after a mistake', async () => {
    const folder = await folderWith({ 'r.example/hosts.toml': 'server = "https://one.example"' });
    const path = join(folder, 'r.example/hosts.toml');
    const hosts = hostsToml({ directories: [folder] });
    const look = async (): Promise<unknown> => urls(await hosts.hostsFor({ registry: 'r.example', repository }));
    expect(await look()).toEqual(['https://one.example/v2/']);
    await writeFile(path, 'server = "https://three.example"');
    expect(await look()).toEqual(['https://three.example/v2/']);

    // As long, and as old, but another file.
    const time = new Date('2024-01-01T00:00:00Z');
    await utimes(path, time, time);
    await look();
    await writeFile(`${path}.new`, 'server = "https://seven.example"');
    await utimes(`${path}.new`, time, time);
    await rename(`${path}.new`, path);
    expect(await look()).toEqual(['https://seven.example/v2/']);

    await writeFile(path, 'server = ');
    await expect(look()).rejects.toMatchObject({ code: 'HOSTS_INVALID' });
    await rm(path);
    expect(await look()).toBeUndefined();
  });

  it('is its certificates, too', async () => {
    const [first, second] = [selfSignedCertificate(), selfSignedCertificate(['other.example'])];
    const folder = await folderWith({ 'r.example/ca.crt': first.cert });
    const hosts = hostsToml({ directories: [folder] });
    const look = async (): Promise<unknown> => (await hosts.hostsFor({ registry: 'r.example', repository }))?.[0]?.tls;
    expect(await look()).toEqual({ ca: [first.cert] });
    await writeFile(join(folder, 'r.example/ca.crt'), second.cert);
    expect(await look()).toEqual({ ca: [second.cert] });
  });

  it('is not read when the signal is aborted', async () => {
    const hosts = hostsToml({ directories: [await folderWith({})] });
    const signal = AbortSignal.abort('enough');
    await expect(hosts.hostsFor({ registry: 'r.example', repository }, { signal })).rejects.toBe('enough');
  });
});
