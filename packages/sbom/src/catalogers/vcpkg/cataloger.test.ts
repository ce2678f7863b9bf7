import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { markerCataloger } from '../embedded-sbom/marker.test-support.ts';
import { vcpkgCataloger } from './cataloger.ts';
import { parseVcpkgStatus } from './parse-status.ts';
import { parseVcpkgManifest, parseVcpkgSpdx } from './parse-vcpkg-json.ts';

const scan = (files: Record<string, string>) => inventoryOf([files], [vcpkgCataloger as Cataloger, markerCataloger]);
const root = 'opt/vcpkg/installed';
const stanza = (name: string, version: string, status: string, more = ''): string =>
  `Package: ${name}\nVersion: ${version}\n${more}Architecture: x64-linux\nMulti-Arch: same\nAbi: 00\nStatus: ${status}\n\n`;
const spdx = (versionInfo: string): string =>
  JSON.stringify({
    spdxVersion: 'SPDX-2.2',
    packages: [{ SPDXID: 'SPDXRef-port', versionInfo, licenseConcluded: 'Zlib', homepage: 'https://zlib.net' }],
  });

describe('vcpkgCataloger', () => {
  it('joins lists of files, ports and status', async () => {
    const { packages, complete } = await scan({
      [`${root}/vcpkg/status`]:
        stanza('zlib', '1.3.1', 'install ok installed', 'Port-Version: 2\n') +
        stanza('gone', '1', 'install ok installed') +
        stanza('gone', '1', 'purge ok not-installed') +
        'Package: zlib\nFeature: x\nArchitecture: x64-linux\nStatus: install ok installed\n',
      [`${root}/vcpkg/updates/0000000001`]: stanza('late', '2', 'install ok installed'),
      [`${root}/vcpkg/info/zlib_1.3.1_x64-linux.list`]: 'x64-linux/\nx64-linux/share/zlib/marker\n',
      [`${root}/x64-linux/share/zlib/vcpkg.spdx.json`]: spdx('1.3.1#2'),
      [`${root}/x64-linux/share/zlib/marker`]: '',
    });
    expect(packages).toMatchObject([
      { purl: 'pkg:generic/marker@1', occurrences: [{ ownedBy: packages[2]?.id }] },
      { purl: 'pkg:vcpkg/late@2?triplet=x64-linux' },
      {
        ...{ purl: 'pkg:vcpkg/zlib@1.3.1?port_version=2&triplet=x64-linux', scope: 'installed', licenses: ['Zlib'] },
        homepage: 'https://zlib.net',
      },
    ]);
    expect(packages).toHaveLength(3);
    expect(complete).toBe(true);
  });

  it('does without the status, which a first installation does not write', async () => {
    const { packages } = await scan({
      'app/vcpkg_installed/vcpkg/info/zlib_1.3.1_x64-linux.list': '',
      'app/vcpkg_installed/x64-linux/share/zlib/vcpkg.spdx.json': spdx('1.3.1#1'),
      'app/vcpkg_installed/vcpkg/info/fmt_11.0.2_x64-linux.list': '',
    });
    expect(packages.map(({ purl }) => purl)).toEqual([
      'pkg:vcpkg/fmt@11.0.2?triplet=x64-linux',
      'pkg:vcpkg/zlib@1.3.1?port_version=1&triplet=x64-linux',
    ]);
  });

  it('reads the versions that a manifest pins, and passes by the ports of vcpkg', async () => {
    const overrides = [
      { name: 'fmt', version: '10.1.1', 'port-version': 3 },
      { name: 'date', 'version-date': '2024-01-01#1' },
      { name: 'unknown' },
    ];
    const { packages, problems } = await scan({
      'app/vcpkg.json': JSON.stringify({ name: 'app', dependencies: ['fmt'], overrides }),
      'opt/vcpkg/ports/fmt/vcpkg.json': 'hello',
      'b/vcpkg.json': 'hello',
      'b/x64-linux/share/a/vcpkg.spdx.json': '{}',
    });
    expect(packages.map(({ purl, scope }) => [purl, scope])).toEqual([
      ['pkg:vcpkg/date@2024-01-01?port_version=1', 'declared'],
      ['pkg:vcpkg/fmt@10.1.1?port_version=3', 'declared'],
    ]);
    expect(problems.map(({ path }) => path)).toEqual(['b/vcpkg.json', 'b/x64-linux/share/a/vcpkg.spdx.json']);
  });

  it('passes by the status of other systems', async () => {
    expect((await scan({ 'var/lib/dpkg/status': stanza('a', '1', 'install ok installed') })).packages).toEqual([]);
  });
});

describe('the parsers', () => {
  it('never throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        parseVcpkgStatus(`Package: a\n${text}`);
        parseVcpkgManifest(text);
        parseVcpkgSpdx(text);
      }),
    );
  });
});
