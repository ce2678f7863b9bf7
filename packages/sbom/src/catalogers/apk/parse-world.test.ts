import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxWorldNames, parseApkWorld } from './parse-world.ts';

describe('parseApkWorld', () => {
  it('reads names without versions and repositories, and leaves conflicts out', () => {
    expect(parseApkWorld('alpine-baselayout\nbusybox>=1.36\nnginx@edge python3~3.12\n!openssl\nnginx\n')).toEqual([
      ...['alpine-baselayout', 'busybox', 'nginx', 'python3'],
    ]);
  });

  it('ends at its limit', () => {
    const names = Array.from({ length: maxWorldNames + 5 }, (_, index) => `a${index}`).join(' ');
    expect(parseApkWorld(names)).toHaveLength(maxWorldNames);
  });

  it('reads any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'Package: 1\n\t\0 é€') }), (text) =>
        Array.isArray(parseApkWorld(text)),
      ),
    );
  });
});
