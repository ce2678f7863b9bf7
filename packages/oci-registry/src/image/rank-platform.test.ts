import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlatform, normalizePlatform, type Platform, parsePlatform } from './platform.ts';
import { rankPlatform } from './rank-platform.ts';

/** The offered platforms that serve, best first. */
function order(wanted: string, offered: readonly string[]): readonly string[] {
  const ranked = offered.map((text) => ({ text, rank: rankPlatform(parsePlatform(wanted), parsePlatform(text)) }));
  return ranked
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ text }) => text);
}

function windows(osVersion?: string): Platform {
  return { os: 'windows', architecture: 'amd64', ...(osVersion !== undefined && { osVersion }) };
}

/** The offered versions of Windows that serve, best first. */
function orderWindows(host: string, offered: readonly (string | undefined)[]): readonly (string | undefined)[] {
  const ranked = offered.map((version) => ({ version, rank: rankPlatform(windows(host), windows(version)) }));
  return ranked
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
    .map(({ version }) => version);
}

const anyPlatform: fc.Arbitrary<Platform> = fc
  .record({
    os: fc.constantFrom('linux', 'windows'),
    architecture: fc.constantFrom('amd64', 'arm', 'arm64', '386', 'ppc64le', 'riscv64'),
    variant: fc.constantFrom(
      undefined,
      'v1',
      'v3',
      'v5',
      'v6',
      'v7',
      'v8',
      'v8.2',
      'v8.9',
      'v9',
      'v9.3',
      'power10',
      'x',
    ),
    osVersion: fc.constantFrom(undefined, '10.0.17763.1', '10.0.20348.7', '10.0.20348.900', '10.0.26100.1', 'odd'),
  })
  .map(({ os, architecture, variant, osVersion }) => ({
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { osVersion }),
  }));

describe('rankPlatform', () => {
  it('prefers the exact variant, then the nearest lower one, and never a higher one', () => {
    expect(order('linux/arm', ['linux/arm/v5', 'linux/arm/v8', 'linux/arm/v6', 'linux/arm/v7'])).toEqual([
      'linux/arm/v7',
      'linux/arm/v6',
      'linux/arm/v5',
      'linux/arm/v8',
    ]);
    expect(order('linux/arm/v8', ['linux/arm/v6', 'linux/arm/v7'])).toEqual(['linux/arm/v7', 'linux/arm/v6']);
    expect(order('linux/arm/v6', ['linux/arm/v7', 'linux/arm/v5'])).toEqual(['linux/arm/v5']);
    expect(order('linux/amd64/v3', ['linux/amd64/v4', 'linux/amd64', 'linux/amd64/v2'])).toEqual([
      'linux/amd64/v2',
      'linux/amd64',
    ]);
  });

  it('knows that Armv9.x has what Armv8.(x+5) has, and not more', () => {
    const offered = ['v8', 'v8.5', 'v8.6', 'v8.9', 'v9', 'v9.1', 'v9.2'].map((variant) => `linux/arm64/${variant}`);
    expect(order('linux/arm64/v9.1', offered)).toEqual(
      ['v9.1', 'v9', 'v8.6', 'v8.5', 'v8'].map((variant) => `linux/arm64/${variant}`),
    );
    expect(order('linux/arm64/v8.2', ['linux/arm64/v8.10', 'linux/arm64'])).toEqual(['linux/arm64']);
    expect(order('linux/arm64/v9.8', offered)).toContain('linux/arm64/v8.9');
  });

  it('compares the variants of other architectures by their numbers, where the rest is the same', () => {
    expect(order('linux/ppc64le/power10', ['linux/ppc64le', 'linux/ppc64le/power9', 'linux/ppc64le/power11'])).toEqual([
      'linux/ppc64le/power9',
      'linux/ppc64le',
    ]);
    expect(order('linux/riscv64/rva23u64', ['linux/riscv64/rva20u64', 'linux/riscv64/rva22s64'])).toEqual([
      'linux/riscv64/rva20u64',
    ]);
  });

  it('takes the least demanding variant where none was asked for and there is no baseline', () => {
    expect(order('linux/amd64', ['linux/amd64/v4', 'linux/amd64/v3'])).toEqual(['linux/amd64/v3', 'linux/amd64/v4']);
    expect(order('linux/ppc64le', ['linux/ppc64le/power9'])).toEqual(['linux/ppc64le/power9']);
  });

  it('does not mix operating systems, architectures or unknown variants', () => {
    expect(order('linux/arm64', ['windows/arm64', 'linux/amd64', 'linux/arm', 'linux/arm64/weird'])).toEqual([]);
    expect(order('linux/amd64', ['linux/386'])).toEqual([]);
  });

  it('takes the newest revision of the same build of Windows', () => {
    const offered = ['10.0.17763.2', undefined, '10.0.17763.9', '10.0.14393.1', '10.0.17763.1', '10.1.17763.1'];
    expect(orderWindows('10.0.17763.1', offered)).toEqual(['10.0.17763.1', '10.0.17763.9', '10.0.17763.2', undefined]);
  });

  it('takes older builds from Windows Server 2022 on, the nearest first', () => {
    const offered = ['10.0.17763.9', '10.0.20348.4', '10.0.25398.4', '10.0.26100.4'];
    expect(orderWindows('10.0.26000.1', offered)).toEqual(['10.0.25398.4', '10.0.20348.4']);
    expect(rankPlatform({ ...windows('10.0.26000.1'), os: 'linux' }, { ...windows('10.0.20348.1'), os: 'linux' })).toBe(
      undefined,
    );
  });

  it('prints the version of a platform', () => {
    expect(formatPlatform(windows('10.0.20348.100'))).toBe('windows/amd64 (10.0.20348.100)');
  });

  it('gives every platform itself before any other, and a number that can be compared for all that serve', () => {
    fc.assert(
      fc.property(anyPlatform, anyPlatform, (wanted, offered) => {
        expect(rankPlatform(wanted, wanted)).toBe(0);
        const rank = rankPlatform(wanted, offered);
        if (rank === undefined) return;
        expect(rank).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(rank)).toBe(true);
        const [want, have] = [normalizePlatform(wanted), normalizePlatform(offered)];
        const isSame = want.variant === have.variant && (want.osVersion ?? have.osVersion) === have.osVersion;
        expect(rank === 0).toBe(isSame);
      }),
    );
  });

  it('serves what serves those that it serves', () => {
    const named = anyPlatform.filter(({ variant, osVersion }) => variant !== undefined && osVersion === undefined);
    fc.assert(
      fc.property(named, named, named, (host, middle, image) => {
        if (host.architecture === 'arm64' || normalizePlatform(middle).variant === undefined) return;
        if (rankPlatform(host, middle) === undefined || rankPlatform(middle, image) === undefined) return;
        expect(rankPlatform(host, image)).toBeDefined();
      }),
      { numRuns: 2000 },
    );
  });
});
