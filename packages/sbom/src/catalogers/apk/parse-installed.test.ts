import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOwnedPaths, hashOwnedPath } from '../owned-path.ts';
import { maxApkPackages, parseApkInstalled } from './parse-installed.ts';
import { apkRelationName } from './parse-relation.ts';

const ssl = `C:Q1xqxvLxZ0PZ9Rjr2cGLQnMOxPZGs=
P:libssl3
V:3.3.1-r3
A:x86_64
S:253000
I:602112
T:SSL shared libraries
U:https://www.openssl.org/
L:Apache-2.0
o:openssl
m:Maintainer <m@example.com>
t:1721000000
c:1d1e2ac2b6b6dd0f5a8eafbb37a1f7f1a14ec1f4
D:so:libc.musl-x86_64.so.1 so:libcrypto.so.3 !old-ssl
p:so:libssl.so.3=3
F:lib
R:libssl.so.3
a:0:0:755
Z:Q1Dv0YtLZ6YFx3pYyJ4cJ0mBqUo3I=
F:usr
F:usr/lib
R:libssl.so.3

P:libcrypto3
V:3.3.1-r3
p:so:libcrypto.so.3=3
`;

describe('parseApkInstalled', () => {
  it('reads what an inventory wants of a block', () => {
    const { packages, problems } = parseApkInstalled(ssl);
    const { files = '', ...pkg } = packages[0] ?? { name: '', version: '' };
    expect(pkg).toEqual({
      name: 'libssl3',
      version: '3.3.1-r3',
      architecture: 'x86_64',
      origin: 'openssl',
      license: 'Apache-2.0',
      maintainer: 'Maintainer <m@example.com>',
      description: 'SSL shared libraries',
      url: 'https://www.openssl.org/',
      commit: '1d1e2ac2b6b6dd0f5a8eafbb37a1f7f1a14ec1f4',
      checksum: 'Q1xqxvLxZ0PZ9Rjr2cGLQnMOxPZGs=',
      installedSize: 602112,
      depends: ['libcrypto3'],
    });
    expect(Array.from(decodeOwnedPaths(files)).sort()).toEqual(
      ['lib/libssl.so.3', 'usr/lib/libssl.so.3'].map(hashOwnedPath).sort(),
    );
    expect(packages[1]).toEqual({ name: 'libcrypto3', version: '3.3.1-r3' });
    expect(problems).toEqual([]);
  });

  it('prefers the package of a name to one that provides it, and leaves out needs of itself', () => {
    const { packages } = parseApkInstalled('P:a\nV:1\np:b\nD:a b\n\nP:b\nV:1\nD:cmd:x=1 gone\n\nP:c\nV:1\np:cmd:x=2\n');
    expect(packages.map(({ depends }) => depends)).toEqual([['b'], ['c'], undefined]);
  });

  it('tells letters by case and files in the root by an empty directory', () => {
    const { packages } = parseApkInstalled('P:a\np:other\nV:1\nv:2\nF:\nR:init\n');
    expect(packages).toMatchObject([{ name: 'a', version: '1' }]);
    expect(Array.from(decodeOwnedPaths(packages[0]?.files ?? ''))).toEqual([hashOwnedPath('init')]);
  });

  it('does not repeat the name as the origin', () => {
    expect(parseApkInstalled('P:musl\nV:1\no:musl\n').packages).toEqual([{ name: 'musl', version: '1' }]);
  });

  it('reports blocks without name or version and goes on', () => {
    const { packages, problems } = parseApkInstalled('P:a\n\n\nV:1\n\nP:c\nV:3\n');
    expect(packages.map(({ name }) => name)).toEqual(['c']);
    expect(problems).toEqual(['2 package(s) without a usable name (P) or version (V)']);
  });

  it('ends at its limits and says so', { timeout: 60_000 }, () => {
    const limit = /^over \d+ packages, \d+ files or \d+ relations, the rest was not read$/;
    const many = parseApkInstalled('P:a\nV:1\n\n'.repeat(maxApkPackages + 10));
    expect(many.packages).toHaveLength(maxApkPackages);
    expect(many.problems).toEqual([expect.stringMatching(limit)]);
    const related = parseApkInstalled(`P:a\nV:1\nD:${'a '.repeat(100_000)}\n\n`.repeat(20));
    expect(related.packages.length).toBeLessThan(20);
    expect(related.problems).toEqual([expect.stringMatching(limit)]);
  });

  it('reads any text without throwing, into plain JSON', { timeout: 60_000 }, () => {
    const words = fc.constantFrom('P', 'V', 'D', 'p', 'F', 'R', ':', ' ', '\n', 'so:a', '=', '!', 'a');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (input) => {
        const result = parseApkInstalled(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  });
});

describe('apkRelationName', () => {
  it.each([
    ['busybox>=1.36', 'busybox'],
    ['so:libz.so.1', 'so:libz.so.1'],
    ['cmd:sh=1.36.1-r2', 'cmd:sh'],
    ['nginx@edge', 'nginx'],
    ['python3~3.12', 'python3'],
    ['/bin/sh', '/bin/sh'],
    ['!conflict', undefined],
    ['', undefined],
    ['=1', undefined],
  ])('reads %j as %j', (word, name) => {
    expect(apkRelationName(word)).toBe(name);
  });
});
