import { describe, expect, it } from 'vitest';
import { chainHosts } from './chain-hosts.ts';
import type { RegistryHosts } from './registry-host.ts';
import { staticHosts } from './static-hosts.ts';

const target = { registry: 'r.example', repository: 'a' };

describe('chainHosts', () => {
  it('takes the first that says something, also that there is no host', async () => {
    const silent = staticHosts({});
    const none: RegistryHosts = { hostsFor: () => Promise.resolve([]) };
    const one = staticHosts({ 'r.example': {} });
    expect(await chainHosts(silent, one, none).hostsFor(target)).toHaveLength(1);
    expect(await chainHosts(silent, none, one).hostsFor(target)).toEqual([]);
    expect(await chainHosts(silent, silent).hostsFor(target)).toBeUndefined();
    expect(await chainHosts().hostsFor(target)).toBeUndefined();
  });

  it('asks nobody after one that blocks', async () => {
    const blocked = staticHosts({ 'r.example': { blocked: true } });
    const one = staticHosts({ 'r.example': {} });
    await expect(chainHosts(blocked, one).hostsFor(target)).rejects.toMatchObject({ code: 'BLOCKED' });
  });

  it('hands the signal on', async () => {
    const chain = chainHosts(staticHosts({}));
    await expect(chain.hostsFor(target, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});
