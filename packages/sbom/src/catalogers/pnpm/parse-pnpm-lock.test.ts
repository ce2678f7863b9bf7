import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LockedNpmPackage } from '../npm/locked-package.ts';
import { parsePnpmLock } from './parse-pnpm-lock.ts';

const version9 = `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      not:
        specifier: 1.0.0
        version: 1.0.0

packages:

  '@s/a@1.0.0':
    resolution: {integrity: sha512-AAAA}
    engines: {node: '>=10'}
    peerDependencies:
      b: '*'

  b@2.0.0:
    resolution: {integrity: sha512-BBBB, tarball: https://u:p@example.com/b.tgz}

  g@https://codeload.github.com/o/g/tar.gz/0123456789:
    resolution: {tarball: https://codeload.github.com/o/g/tar.gz/0123456789}
    version: 3.0.0

  local@file:../local:
    resolution: {directory: ../local, type: directory}

snapshots:

  '@s/a@1.0.0(b@2.0.0)':
    dependencies:
      alias: b@2.0.0
      b: 2.0.0(c@1.0.0)
    optionalDependencies:
      g: https://codeload.github.com/o/g/tar.gz/0123456789

  b@2.0.0:
    optional: true
`;

const version6 = `lockfileVersion: '6.0'

packages:

  /@s/a@1.0.0(b@2.0.0):
    resolution: {integrity: sha512-AAAA}
    dependencies:
      alias: /b@2.0.0
      b: 2.0.0
    dev: false

  /b@2.0.0:
    resolution: {integrity: sha512-BBBB}
    dev: true

  github.com/o/g/0123456789:
    resolution: {tarball: https://codeload.github.com/o/g/tar.gz/0123456789}
    name: g
    version: 3.0.0
    dev: false
`;

const version5 = `lockfileVersion: 5.4

packages:

  /@s/a/1.0.0_b@2.0.0:
    resolution: {integrity: sha512-AAAA}
    dependencies:
      alias: /b/2.0.0
      b: 2.0.0_c@1.0.0
    dev: false

  /b/2.0.0:
    resolution:
      integrity: sha512-BBBB
    dev: true
`;

function packagesOf(text: string): readonly LockedNpmPackage[] {
  const lock = parsePnpmLock(text);
  if (lock.kind !== 'packages') throw new Error(lock.reason);
  return lock.packages;
}

describe('parsePnpmLock', () => {
  it('reads version 9, packages and snapshots together', () => {
    expect(packagesOf(version9)).toEqual([
      {
        ...{ key: '@s/a@1.0.0', name: '@s/a', version: '1.0.0', integrity: 'sha512-AAAA' },
        dependsOn: ['b@2.0.0', 'g@https://codeload.github.com/o/g/tar.gz/0123456789'],
      },
      {
        ...{ key: 'b@2.0.0', name: 'b', version: '2.0.0', integrity: 'sha512-BBBB', optional: true },
        resolved: 'https://example.com/b.tgz',
      },
      {
        ...{ key: 'g@https://codeload.github.com/o/g/tar.gz/0123456789', name: 'g', version: '3.0.0' },
        resolved: 'https://codeload.github.com/o/g/tar.gz/0123456789',
      },
    ]);
  });

  it.each([
    ['6', version6],
    ['5', version5],
  ])('reads version %s', (_, text) => {
    expect(packagesOf(text).slice(0, 2)).toEqual([
      { key: '@s/a@1.0.0', name: '@s/a', version: '1.0.0', integrity: 'sha512-AAAA', dependsOn: ['b@2.0.0'] },
      { key: 'b@2.0.0', name: 'b', version: '2.0.0', integrity: 'sha512-BBBB', dev: true },
    ]);
  });

  it('takes name and version of what comes from no registry from its fields', () => {
    expect(packagesOf(version6)[2]).toMatchObject({ name: 'g', version: '3.0.0' });
  });

  it('reads a key that is too long for YAML to stand on a line with its value', () => {
    const peers = '(b@2.0.0)'.repeat(200);
    const text = `lockfileVersion: '9.0'\nsnapshots:\n  ? a@1.0.0${peers}\n  : dependencies:\n      b: 2.0.0\n  b@2.0.0: {}\n`;
    expect(packagesOf(text).map(({ key }) => key)).toEqual(['a@1.0.0', 'b@2.0.0']);
  });

  it('says what is none', () => {
    expect(parsePnpmLock('a: b\n')).toEqual({ kind: 'malformed', reason: 'no lock file of pnpm' });
    expect(packagesOf("lockfileVersion: '9.0'\n")).toEqual([]);
  });

  it('takes no more packages than anybody locks', () => {
    const keys = Array.from({ length: 50_001 }, (_, index) => `  p${index}@1.0.0: {}`);
    const lock = parsePnpmLock(`lockfileVersion: '9.0'\npackages:\n${keys.join('\n')}\n`);
    expect(lock).toMatchObject({ kind: 'packages', truncated: true });
  });

  it('reads any text and any part of a lock file without throwing, into plain JSON', () => {
    const text = version9 + version6 + version5;
    const mutated = fc
      .tuple(fc.nat(text.length), fc.nat(40), fc.constantFrom('', "'", ':', '\n', '\n  ', '(', '/', '@', '_', '{'))
      .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut));
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string({ unit: 'binary' })), (input) => {
        const result = parsePnpmLock(input);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }),
    );
  }, 30_000);
});
