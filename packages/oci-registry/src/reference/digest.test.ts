import { describe, expect, it } from 'vitest';
import { digestOf, isDigest, parseDigest } from './digest.ts';

describe('digests', () => {
  it('knows the digest of nothing', () => {
    expect(digestOf(new Uint8Array())).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOf(new Uint8Array(), 'sha512')).toMatch(/^sha512:cf83e1357eefb8bd/);
  });

  it('takes a digest apart', () => {
    expect(parseDigest(`sha256:${'0f'.repeat(32)}`)).toEqual({ algorithm: 'sha256', hex: '0f'.repeat(32) });
  });

  it.each([
    '',
    'sha256:',
    `sha256:${'0'.repeat(63)}`,
    `sha256:${'0'.repeat(128)}`,
    `sha512:${'0'.repeat(64)}`,
    `sha256:${'0'.repeat(62)}..`,
    `sha256:../../../../etc/passwd`,
    `sha256:${'0'.repeat(64)}\n`,
  ])('refuses %j', (text) => {
    expect(isDigest(text)).toBe(false);
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: 'DIGEST_INVALID' }));
  });
});
