import { describe, expect, it } from 'vitest';
import { parsePlatform } from './platform.ts';

describe('parsePlatform', () => {
  it('reads os, architecture and variant', () => {
    expect(parsePlatform('linux/arm64/v8')).toEqual({ os: 'linux', architecture: 'arm64', variant: 'v8' });
    expect(parsePlatform('windows/amd64')).toEqual({ os: 'windows', architecture: 'amd64' });
  });

  it('demands nothing without text', () => {
    expect(parsePlatform(undefined)).toBeUndefined();
  });

  it.each(['amd64', 'linux/', 'linux/amd64/v1/x', 'Linux/AMD64', ''])('refuses %j', (text) => {
    expect(() => parsePlatform(text)).toThrow('is not a platform');
  });
});
