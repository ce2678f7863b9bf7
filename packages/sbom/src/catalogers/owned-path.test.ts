import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOwnedPaths, hashOwnedPath, OwnedPaths } from './owned-path.ts';

const encoded = (paths: readonly string[]) => {
  const owned = new OwnedPaths();
  for (const path of paths) owned.add(path);
  return owned.encode();
};

describe('hashOwnedPath', () => {
  it('is the first 8 bytes of the SHA-256, little-endian', () => {
    const digest = createHash('sha256').update('usr/bin/env').digest();
    expect(hashOwnedPath('usr/bin/env')).toBe(digest.readBigUInt64LE(0));
  });

  it('is the same for all ways to write a path', () => {
    for (const path of ['/usr/bin/env', './usr/bin/env', '/./usr/bin/env', 'usr/bin/env/']) {
      expect(hashOwnedPath(path)).toBe(hashOwnedPath('usr/bin/env'));
    }
  });
});

describe('OwnedPaths', () => {
  it('encodes the set of paths: the order and repetitions make no difference', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 300 }), (paths) => {
        expect(encoded([...paths, ...paths.toReversed()])).toBe(encoded(paths.toSorted()));
      }),
    );
  });

  it('is read back as sorted distinct hashes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 300 }), (paths) => {
        const hashes = decodeOwnedPaths(encoded(paths));
        const expected = new Set(paths.map(hashOwnedPath));
        expect(Array.from(hashes)).toEqual(Array.from(expected).sort((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });

  it('takes as many paths as come', () => {
    const paths = Array.from({ length: 10_000 }, (_, index) => `usr/share/${index}`);
    expect(decodeOwnedPaths(encoded(paths))).toHaveLength(10_000);
  });

  it('keeps no more than 8 bytes a path', () => {
    expect(Buffer.from(encoded(['a', 'b', 'c']), 'base64')).toHaveLength(24);
  });
});
