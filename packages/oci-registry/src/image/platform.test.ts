import { describe, expect, it } from 'vitest';
import { formatPlatform, hostPlatform, normalizePlatform, parsePlatform } from './platform.ts';

describe('platforms', () => {
  it.each([
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/AArch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8.0', 'linux/arm64'],
    ['linux/arm64/v9.0', 'linux/arm64/v9'],
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

  it('chooses for Linux on this CPU when nothing is said', () => {
    expect(hostPlatform()).toEqual(normalizePlatform({ os: 'linux', architecture: process.arch }));
  });
});
