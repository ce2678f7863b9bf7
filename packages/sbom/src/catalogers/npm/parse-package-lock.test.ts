import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LockedNpmPackage, versionOfAddress } from './locked-package.ts';
import { parseIntegrity } from './parse-integrity.ts';
import { parsePackageLock } from './parse-package-lock.ts';

function packagesOf(lock: object): readonly LockedNpmPackage[] {
  const result = parsePackageLock(JSON.stringify(lock));
  if (result.kind !== 'packages') throw new Error(result.reason);
  return result.packages;
}

const version3 = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'app', version: '1.0.0', dependencies: { a: '*' } },
    'packages/w': { name: 'w', version: '1.0.0', dependencies: { b: '*' } },
    'node_modules/w': { resolved: 'packages/w', link: true },
    'node_modules/a': {
      ...{ version: '1.0.0', resolved: 'https://u:p@r.example/a.tgz?token=1', integrity: 'sha512-AA==' },
      ...{ dependencies: { b: '*', c: '*' }, optionalDependencies: { d: '*' }, peerDependencies: { missing: '*' } },
    },
    'node_modules/a/node_modules/b': { version: '2.0.0', dependencies: { c: '*' } },
    'node_modules/b': { version: '1.0.0', dev: true },
    'node_modules/c': { name: '@s/real', version: '1.0.0', devOptional: true },
    'node_modules/d': { version: '1.0.0', optional: true, inBundle: true },
  },
};

describe('parsePackageLock', () => {
  it('reads versions 2 and 3 by path, and follows needs from there upward', () => {
    expect(packagesOf(version3)).toEqual([
      {
        ...{ key: 'node_modules/a', name: 'a', version: '1.0.0', resolved: 'https://r.example/a.tgz' },
        integrity: 'sha512-AA==',
        dependsOn: ['node_modules/a/node_modules/b', 'node_modules/c', 'node_modules/d'],
      },
      { key: 'node_modules/a/node_modules/b', name: 'b', version: '2.0.0', dependsOn: ['node_modules/c'] },
      { key: 'node_modules/b', name: 'b', version: '1.0.0', dev: true },
      { key: 'node_modules/c', name: '@s/real', version: '1.0.0', optional: true },
      { key: 'node_modules/d', name: 'd', version: '1.0.0', optional: true, bundled: true },
    ]);
  });

  it('prefers the paths of version 2 to the tree that it has for older npm', () => {
    expect(packagesOf({ ...version3, lockfileVersion: 2, dependencies: { old: { version: '1.0.0' } } })).toHaveLength(
      5,
    );
  });

  it('reads the tree of version 1', () => {
    const dependencies = {
      a: { version: '1.0.0', requires: { b: '*' }, dependencies: { b: { version: '2.0.0', requires: { c: '*' } } } },
      b: { version: '1.0.0', dev: true, bundled: true },
      c: { version: 'npm:@s/real@3.0.0' },
      git: { version: 'git+ssh://git@github.com/o/r.git#0123456789abcdef0123456789abcdef01234567' },
      tarball: { version: 'https://user:secret@example.com/tarball-1.2.3.tgz' },
      local: { version: 'file:../local' },
      '../escape': { version: '1.0.0' },
      broken: { version: 7 },
    };
    expect(packagesOf({ lockfileVersion: 1, dependencies })).toEqual([
      { key: 'node_modules/a', name: 'a', version: '1.0.0', dependsOn: ['node_modules/a/node_modules/b'] },
      { key: 'node_modules/a/node_modules/b', name: 'b', version: '2.0.0', dependsOn: ['node_modules/c'] },
      { key: 'node_modules/b', name: 'b', version: '1.0.0', dev: true, bundled: true },
      { key: 'node_modules/c', name: '@s/real', version: '3.0.0' },
      {
        ...{ key: 'node_modules/git', name: 'git', version: '0123456789abcdef0123456789abcdef01234567' },
        resolved: 'git+ssh://git@github.com/o/r.git#0123456789abcdef0123456789abcdef01234567',
      },
      {
        ...{ key: 'node_modules/tarball', name: 'tarball', version: '1.2.3' },
        resolved: 'https://example.com/tarball-1.2.3.tgz',
      },
    ]);
  });

  it('says what is no lock file without quoting it', () => {
    expect(parsePackageLock('{"token": "secret')).toEqual({ kind: 'malformed', reason: 'not JSON (SyntaxError)' });
    expect(parsePackageLock('[]')).toEqual({ kind: 'malformed', reason: 'not a JSON object' });
    expect(parsePackageLock('{}')).toEqual({ kind: 'malformed', reason: 'no lock file of npm' });
    expect(packagesOf({ lockfileVersion: 3, packages: {} })).toEqual([]);
  });

  it('takes no more packages than anybody locks', () => {
    const entries = Array.from({ length: 50_002 }, (_, index) => [`node_modules/p${index}`, { version: '1.0.0' }]);
    const lock = { lockfileVersion: 3, packages: Object.fromEntries(entries) };
    const result = parsePackageLock(JSON.stringify(lock));
    expect(result).toMatchObject({ kind: 'packages', truncated: true });
    expect(packagesOf(lock)).toHaveLength(50_000);
  });

  it('reads any JSON and any part of a lock file without throwing, into plain JSON', () => {
    const text = JSON.stringify(version3);
    const mutated = fc
      .tuple(fc.nat(text.length), fc.nat(20), fc.constantFrom('', '{', '"', ':1,', '[]', 'null'))
      .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
    const odd = fc
      .dictionary(fc.constantFrom('', 'node_modules/a', 'node_modules/a/node_modules/b'), fc.jsonValue())
      .map((packages) => JSON.stringify({ packages, dependencies: packages }));
    fc.assert(
      fc.property(fc.oneof(mutated, odd, fc.json(), fc.string({ unit: 'binary' })), (input) => {
        const result = parsePackageLock(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  }, 30_000);

  it('withstands a tree of any depth', () => {
    const deep = `{"lockfileVersion":1,"dependencies":${'{"a":{"version":"1.0.0","dependencies":'.repeat(3_000)}{}${'}}'.repeat(3_000)}}`;
    expect(parsePackageLock(deep)).toMatchObject({ kind: 'packages' });
  });
});

describe('parseIntegrity', () => {
  const sha512 = Buffer.alloc(64, 1);

  it('gives digests in hexadecimal, strongest first', () => {
    const text = `sha1-${Buffer.alloc(20, 2).toString('base64')} sha512-${sha512.toString('base64')}?option`;
    expect(parseIntegrity(text)).toEqual([
      { algorithm: 'SHA-512', content: sha512.toString('hex') },
      { algorithm: 'SHA-1', content: '02'.repeat(20) },
    ]);
  });

  it('takes none where several could be meant, and none of the wrong length', () => {
    const other = Buffer.alloc(64, 3).toString('base64');
    expect(parseIntegrity(`sha512-${sha512.toString('base64')} sha512-${other}`)).toEqual([]);
    expect(parseIntegrity('sha512-AAAA')).toEqual([]);
    expect(parseIntegrity('md5-AAAA')).toEqual([]);
  });
});

describe('versionOfAddress', () => {
  it.each([
    ['https://codeload.github.com/o/r/tar.gz/abc', 'https://codeload.github.com/o/r/tar.gz/abc'],
    ['git@github.com:o/r.git#commit=0123456789abcdef', '0123456789abcdef'],
    ['https://example.com/a/-/a-1.2.3-rc.1.tgz#0123456', '0123456'],
    ['https://example.com/a/-/a-1.2.3-rc.1.tgz#x', '1.2.3-rc.1'],
  ])('finds what tells %s apart', (address, version) => {
    expect(versionOfAddress(address)).toBe(version);
  });
});
