import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { bunLockCataloger } from './cataloger.ts';
import { parseBunLock } from './parse-bun-lock.ts';
import { plainJson } from './plain-json.ts';

const lock = `{
  // A comment, with a "quote".
  "lockfileVersion": 1,
  "workspaces": { "": { "name": "app", "dependencies": { "a": "*" }, }, },
  "packages": {
    "a": ["a@1.0.0", "", { "dependencies": { "b": "*", "@s/c": "*" }, "peerDependencies": { "x": "*" } }, "sha512-AAAA"],
    "a/b": ["b@2.0.0", "https://u:p@r.example/b.tgz", { "optionalDependencies": { "@s/c": "*" } }, "sha512-BBBB"],
    "b": ["b@1.0.0", "", {}, "sha512-CCCC"],
    "@s/c": ["@s/c@1.0.0", "", {}, "sha512-DDDD"],
    "g": ["g@github:o/g#0123456", {}, "o-g-0123456"],
    "w": ["w@workspace:packages/w"], /* the end, */
  },
}
`;

describe('parseBunLock', () => {
  it('reads packages by their place, and follows needs from there upward', () => {
    expect(parseBunLock(lock)).toEqual({
      kind: 'packages',
      truncated: false,
      packages: [
        { key: 'a', name: 'a', version: '1.0.0', integrity: 'sha512-AAAA', dependsOn: ['@s/c', 'a/b'] },
        {
          ...{ key: 'a/b', name: 'b', version: '2.0.0', integrity: 'sha512-BBBB', dependsOn: ['@s/c'] },
          resolved: 'https://r.example/b.tgz',
        },
        { key: 'b', name: 'b', version: '1.0.0', integrity: 'sha512-CCCC' },
        { key: '@s/c', name: '@s/c', version: '1.0.0', integrity: 'sha512-DDDD' },
        { key: 'g', name: 'g', version: '0123456', resolved: 'github:o/g#0123456' },
      ],
    });
  });

  it('says what is none', () => {
    expect(parseBunLock('{').kind).toBe('malformed');
    expect(parseBunLock('{}')).toEqual({ kind: 'malformed', reason: 'no lock file of Bun' });
  });

  it('reads any text and any part of a lock file without throwing, into plain JSON', () => {
    const mutated = fc
      .tuple(fc.nat(lock.length), fc.nat(20), fc.constantFrom('', '"', '[', '{', ',', '/*', '//', '\\'))
      .map(([at, cut, put]) => lock.slice(0, at) + put + lock.slice(at + cut));
    const odd = fc.jsonValue().map((packages) => JSON.stringify({ lockfileVersion: 1, packages }));
    fc.assert(
      fc.property(fc.oneof(mutated, odd, fc.string({ unit: 'binary' })), (input) => {
        const result = parseBunLock(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  }, 30_000);
});

describe('plainJson', () => {
  it('leaves plain JSON alone', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(plainJson(text)).toBe(text);
      }),
    );
  }, 30_000);

  it('takes time in proportion to the text, whatever does not end', () => {
    for (const part of ['/*', '"\\"', ', ', '//', '"']) {
      const text = part.repeat(200_000);
      expect(plainJson(text).length).toBeLessThanOrEqual(text.length);
    }
  });
});

describe('bunLockCataloger', () => {
  it('declares what a project locks', async () => {
    const { packages } = await inventoryOf([{ 'srv/bun.lock': lock }], [bunLockCataloger as Cataloger]);
    expect(packages.map(({ name, version, scope }) => `${name} ${version} ${scope}`)).toEqual([
      ...['a 1.0.0 declared', 'b 1.0.0 declared', 'b 2.0.0 declared', 'g 0123456 declared', 'c 1.0.0 declared'],
    ]);
  });
});
