import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { staticHosts } from './static-hosts.ts';

const docker = { registry: 'docker.io', repository: 'library/alpine' };

describe('staticHosts', () => {
  it('has the mirrors of a registry, then itself', async () => {
    const hosts = staticHosts({
      'index.docker.io': {
        mirrors: [
          'mirror.example.com/docker-hub/',
          { location: 'cache.internal:5000', http: true, namespace: true, capabilities: ['pull'] },
        ],
        requestsPerSecond: 2,
        headers: { 'x-a': '1' },
      },
    });
    expect(await hosts.hostsFor(docker)).toEqual([
      {
        api: new URL('https://mirror.example.com/v2/'),
        registry: 'mirror.example.com',
        repository: 'docker-hub/library/alpine',
        capabilities: new Set(['pull', 'resolve']),
      },
      {
        api: new URL('http://cache.internal:5000/v2/'),
        registry: 'cache.internal:5000',
        repository: 'library/alpine',
        namespace: 'docker.io',
        capabilities: new Set(['pull']),
      },
      {
        api: new URL('https://registry-1.docker.io/v2/'),
        registry: 'docker.io',
        repository: 'library/alpine',
        capabilities: new Set(['pull', 'resolve', 'push']),
        requestsPerSecond: 2,
        headers: { 'x-a': '1' },
      },
    ]);
  });

  it('gives each host its own settings', async () => {
    const tls = { ca: 'pem' };
    const hosts = staticHosts({
      'r.example': { tls, concurrency: 4, mirrors: [{ location: 'm.example', tls: { rejectUnauthorized: false } }] },
    });
    const [mirror, itself] = (await hosts.hostsFor({ registry: 'r.example', repository: 'a' })) ?? [];
    expect(mirror).toMatchObject({ tls: { rejectUnauthorized: false } });
    expect(mirror).not.toHaveProperty('concurrency');
    expect(itself).toMatchObject({ tls, concurrency: 4 });
  });

  it.each([
    ['localhost:5000', {}, 'http://localhost:5000/v2/'],
    ['127.0.0.1', {}, 'http://127.0.0.1/v2/'],
    ['localhost:5000', { http: false }, 'https://localhost:5000/v2/'],
    ['r.example', { http: true }, 'http://r.example/v2/'],
    ['r.example:443', {}, 'https://r.example/v2/'],
  ])('reaches %s with %j at %s', async (registry, options, api) => {
    const [host] = (await staticHosts({ [registry]: options }).hostsFor({ registry, repository: 'a' })) ?? [];
    expect(host?.api.href).toBe(api);
    expect(host?.registry).toBe(registry);
  });

  it('says nothing about other registries, not even with another port', async () => {
    const hosts = staticHosts({ 'r.example': {} });
    expect(await hosts.hostsFor({ registry: 'r.example:5000', repository: 'a' })).toBeUndefined();
    expect(await hosts.hostsFor(docker)).toBeUndefined();
  });

  it('refuses what is blocked, and does not look when aborted', async () => {
    const hosts = staticHosts({ 'docker.io': { blocked: true, mirrors: ['m.example'] } });
    expect(await failureOf(hosts.hostsFor(docker))).toMatchObject({ code: 'BLOCKED' });
    await expect(hosts.hostsFor(docker, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });

  it.each([
    [{ 'https://r.example': {} }],
    [{ 'r.example/path': {} }],
    [{ '5000': {} }],
    [{ 'docker.io': {}, 'index.docker.io': {} }],
    [{ 'r.example': { mirrors: ['https://m.example'] } }],
    [{ 'r.example': { mirrors: ['m.example/Upper'] } }],
    [{ 'r.example': { mirrors: ['m.example//a'] } }],
    [{ 'r.example': { mirrors: ['m.example/../a'] } }],
    [{ 'r.example': { mirrors: [''] } }],
    [{ 'r.example': { concurrency: 0 } }],
    [{ 'r.example': { requestsPerSecond: Number.NaN } }],
  ])('throws for %j', (registries) => {
    expect(() => staticHosts(registries)).toThrow(expect.objectContaining({ code: 'HOSTS_INVALID' }));
  });
});
