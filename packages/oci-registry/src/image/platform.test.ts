import { describe, expect, it } from 'vitest';
import { formatPlatform, hostPlatform, normalizePlatform, parsePlatform, rankPlatform } from './platform.ts';

/** The offered platforms that serve, best first. */
function order(wanted: string, offered: readonly string[]): readonly string[] {
  const ranked = offered.map((text) => ({ text, rank: rankPlatform(parsePlatform(wanted), parsePlatform(text)) }));
  return ranked
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ text }) => text);
}

describe('platforms', () => {
  it.each([
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/AArch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/armhf', 'linux/arm'],
    ['linux/arm/7', 'linux/arm'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['macos/arm64', 'darwin/arm64'],
  ])('writes %s as %s', (text, normal) => {
    expect(formatPlatform(parsePlatform(text))).toBe(normal);
  });

  it.each(['linux', '', 'linux/', 'linux/a/b/c', 'linux/amd 64'])('refuses %j', (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'REFERENCE_INVALID' }));
  });

  it('prefers the exact variant, then the nearest lower one, and never a higher one', () => {
    expect(order('linux/arm/v7', ['linux/arm/v5', 'linux/arm/v8', 'linux/arm/v6', 'linux/arm/v7'])).toEqual([
      'linux/arm/v7',
      'linux/arm/v6',
      'linux/arm/v5',
      'linux/arm/v8',
    ]);
    expect(order('linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'])).toEqual(['linux/arm/v5']);
    expect(order('linux/amd64/v3', ['linux/amd64/v4', 'linux/amd64', 'linux/amd64/v2'])).toEqual([
      'linux/amd64/v2',
      'linux/amd64',
    ]);
  });

  it('takes the least demanding variant where none was asked for and there is no baseline', () => {
    expect(order('linux/amd64', ['linux/amd64/v4', 'linux/amd64/v3'])).toEqual(['linux/amd64/v3', 'linux/amd64/v4']);
  });

  it('does not mix operating systems, architectures or unknown variants', () => {
    expect(order('linux/arm64', ['windows/arm64', 'linux/amd64', 'linux/arm', 'linux/arm64/weird'])).toEqual([]);
  });

  it('matches Windows by build', () => {
    const wanted = { os: 'windows', architecture: 'amd64', osVersion: '10.0.20348.100' };
    const rank = (osVersion?: string) =>
      rankPlatform(wanted, { os: 'windows', architecture: 'amd64', ...(osVersion !== undefined && { osVersion }) });
    expect(rank('10.0.20348.100')).toBe(0);
    expect(rank('10.0.20348.2700')).toBe(0.25);
    expect(rank('10.0.17763.1')).toBeUndefined();
    expect(rank()).toBe(0.5);
    expect(formatPlatform(wanted)).toBe('windows/amd64 (10.0.20348.100)');
  });

  it('chooses for Linux on this CPU when nothing is said', () => {
    expect(hostPlatform()).toEqual(normalizePlatform({ os: 'linux', architecture: process.arch }));
  });
});
