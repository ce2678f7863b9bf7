import { describe, expect, it } from 'vitest';
import { SbomError } from '../../sbom-error.ts';
import { packageHeader, writeHeader } from './header/rpm-header.test-support.ts';
import { rpmTag } from './header/rpm-tags.ts';
import { parseRpmPackage, rpmVersion } from './rpm-package.ts';

const signature = Buffer.from(`880c040001080000000a0910199e2f91fd431d51${'00'.repeat(8)}`, 'hex');
signature[1] = signature.length - 2;

describe('parseRpmPackage', () => {
  it('reads what a header states', () => {
    const pkg = parseRpmPackage(
      packageHeader({
        ...{ name: 'nodejs', version: '18.1~rc', release: '3.el9', epoch: 1, architecture: 'aarch64' },
        ...{ sourceRpm: 'nodejs-18.1~rc-3.el9.src.rpm', modularityLabel: 'nodejs:18:1:abc', provides: ['a', 'a', 'b'] },
        tags: [
          ...([
            [rpmTag.license, 'MIT'],
            [rpmTag.vendor, 'V'],
            [rpmTag.summary, { i18n: ['s', 't'] }],
          ] as const),
          ...([
            [rpmTag.url, 'https://example.com'],
            [rpmTag.buildTime, { int32: [5] }],
          ] as const),
          ...([
            [rpmTag.installTime, { int32: [6] }],
            [rpmTag.size, { int32: [7] }],
            [rpmTag.longSize, { int64: [2 ** 33] }],
          ] as const),
          ...([
            [rpmTag.sha1Header, 'aa'],
            [rpmTag.sha256Header, 'bb'],
            [rpmTag.rsaHeader, signature],
          ] as const),
        ],
      }),
    );
    const { files: _, ...stated } = pkg;
    expect(stated).toEqual({
      ...{ name: 'nodejs', version: '18.1~rc', release: '3.el9', epoch: 1, architecture: 'aarch64' },
      ...{ sourceRpm: 'nodejs-18.1~rc-3.el9.src.rpm', modularityLabel: 'nodejs:18:1:abc', license: 'MIT', vendor: 'V' },
      ...{ summary: 's', url: 'https://example.com', buildTime: 5, installTime: 6, size: 2 ** 33 },
      ...{ headerSha1: 'aa', headerSha256: 'bb', provides: ['a', 'b'], requires: [] },
      signatures: [{ keyId: '199e2f91fd431d51', publicKeyAlgorithm: 'RSA', hashAlgorithm: 'SHA256' }],
    });
    expect(rpmVersion(pkg)).toBe('1:18.1~rc-3.el9');
  });

  it('reads the signatures and the format of a package of version 6', () => {
    const header = packageHeader({
      name: 'a',
      tags: [
        [rpmTag.openPgp, [signature.toString('base64'), 'no signature']],
        [rpmTag.format, { int32: [6] }],
      ],
    });
    expect(parseRpmPackage(header)).toMatchObject({ format: 6, signatures: [{ keyId: '199e2f91fd431d51' }] });
  });

  it('leaves out what a package needs of rpm itself, or does not miss', () => {
    const header = packageHeader({
      name: 'a',
      requires: ['b', 'rpmlib(X)', 'own', 'weak', '(c if d)', 'b'],
      tags: [[rpmTag.requireFlags, { int32: [8, 0, 1 << 24, 1 << 19, 0, 0] }]],
    });
    expect(parseRpmPackage(header).requires).toEqual(['b', '(c if d)']);
  });

  it('lists files with what is known of each, as often as it is asked', () => {
    const pkg = parseRpmPackage(
      packageHeader({
        name: 'a',
        files: ['/usr/bin/a', '/usr/lib/b', '/etc/c'],
        tags: [
          ...([
            [rpmTag.fileModes, { int16: [0o100755, 0o040755, 0o100644] }],
            [rpmTag.fileSizes, { int32: [1, 2, 3] }],
          ] as const),
          ...([
            [rpmTag.fileDigests, ['ab', '', 'cd']],
            [rpmTag.fileDigestAlgorithm, { int32: [8] }],
          ] as const),
          ...([
            [rpmTag.fileFlags, { int32: [0, 0, 1] }],
            [rpmTag.fileStates, { int8: [0, 1, 255] }],
          ] as const),
        ],
      }),
    );
    const expected = [
      {
        path: '/usr/bin/a',
        mode: 0o100755,
        size: 1,
        digest: { algorithm: 'SHA-256', content: 'ab' },
        flags: 0,
        state: 'normal',
      },
      { path: '/usr/lib/b', mode: 0o040755, size: 2, flags: 0, state: 'replaced' },
      { path: '/etc/c', mode: 0o100644, size: 3, digest: { algorithm: 'SHA-256', content: 'cd' }, flags: 1 },
    ];
    expect([...pkg.files()]).toEqual(expected);
    expect([...pkg.files()]).toEqual(expected);
  });

  it('lists the files of packages of version 3, whose digests are MD5', () => {
    const header = writeHeader([
      ...([
        [rpmTag.name, 'old'],
        [rpmTag.version, '1'],
        [rpmTag.release, '2'],
      ] as const),
      ...([
        [rpmTag.oldFileNames, ['/bin/old', '/etc/old']],
        [rpmTag.fileDigests, ['00', '']],
      ] as const),
    ]);
    expect([...parseRpmPackage(header).files()]).toEqual([
      { path: '/bin/old', digest: { algorithm: 'MD5', content: '00' } },
      { path: '/etc/old' },
    ]);
  });

  it.each(['', 'a b', 'x'.repeat(2000), 'a\u0007'])('refuses %j as a name', (name) => {
    expect(() => parseRpmPackage(packageHeader({ name }))).toThrow(SbomError);
  });

  it('writes no epoch where it is 0', () => {
    expect(rpmVersion({ epoch: 0, version: '1', release: '2' })).toBe('1-2');
  });
});
