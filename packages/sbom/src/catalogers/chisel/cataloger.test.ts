import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf, placesOf, type TestLayer } from '../../assemble/image.test-support.ts';
import type { Cataloger } from '../../catalog/cataloger.ts';
import { decodeOwnedPaths, hashOwnedPath } from '../owned-path.ts';
import { chiselCataloger } from './cataloger.ts';
import { parseChiselManifest } from './parse-manifest.ts';

const path = 'var/lib/chisel/manifest.wall';
const sha256 = 'ab'.repeat(32);
const inventory = (...layers: TestLayer[]) => inventoryOf(layers, [chiselCataloger as Cataloger]);

/** A manifest as chisel writes it: header, then lines of one kind together. */
const manifest = (lines: readonly object[]): string =>
  [{ jsonwall: '1.0', schema: '1.0', count: lines.length + 1 }, ...lines]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');

const lines = [
  { kind: 'content', slice: 'libc6_libs', path: '/lib/libc.so.6' },
  { kind: 'package', name: 'base-files', version: '13ubuntu10', sha256, arch: 'amd64' },
  { kind: 'package', name: 'libc6', version: '2.39-0ubuntu8', sha256: 'short', arch: 'amd64' },
  { kind: 'path', path: '/etc/', mode: '0755', slices: ['base-files_base'] },
  {
    kind: 'path',
    path: '/etc/os-release',
    mode: '0777',
    slices: ['base-files_release-info', 'base-files_base'],
    link: 'x',
  },
  { kind: 'path', path: '/usr/lib/libc.so.6', mode: '0755', slices: ['libc6_libs'], sha256, size: 5 },
  { kind: 'slice', name: 'base-files_release-info' },
  { kind: 'slice', name: 'base-files_base' },
  { kind: 'slice', name: 'libc6_libs' },
];

describe('chiselCataloger', () => {
  it('makes packages of Ubuntu with their slices and the hash of the archive', async () => {
    const { packages, complete } = await inventory({ [path]: zstdCompressSync(manifest(lines)) });
    expect(packages).toMatchObject([
      {
        ...{ type: 'deb', class: 'os', name: 'base-files', version: '13ubuntu10', architecture: 'amd64' },
        hashes: [{ algorithm: 'SHA-256', content: sha256 }],
        details: { slices: ['base', 'release-info'] },
        purl: 'pkg:deb/ubuntu/base-files@13ubuntu10?arch=amd64',
      },
      { name: 'libc6', details: { slices: ['libs'] } },
    ]);
    expect(packages[1]).not.toHaveProperty('hashes');
    expect(complete).toBe(true);
  });

  it('says which layer first had each package', async () => {
    const result = await inventory(
      { [path]: zstdCompressSync(manifest(lines.slice(0, 2))) },
      { [path]: zstdCompressSync(manifest(lines)) },
    );
    expect(placesOf(result).map(({ name, introducedIn }) => [name, introducedIn])).toEqual([
      ['base-files', 0],
      ['libc6', 1],
    ]);
  });

  it.each([
    ['is no zstd', 'plain text'],
    ['is cut off', zstdCompressSync(manifest(lines)).subarray(0, 60)],
    ['is no manifest', zstdCompressSync('{"other":1}\n')],
    ['is empty inside', zstdCompressSync('')],
  ])('reports a manifest that %s', async (_, content) => {
    const { problems } = await inventory({ [path]: content });
    expect(problems).toMatchObject([{ cataloger: 'chisel', path, code: 'malformed' }]);
  });

  it('keeps what came before a break', async () => {
    // Random slices do not compress, so that half of the frame has half of the lines.
    const slices = Array.from({ length: 60_000 }, (_, index) => ({ kind: 'slice', name: `a_${(index * 7919) ** 3}` }));
    const frame = zstdCompressSync(manifest([...lines, ...slices]));
    const { packages, problems } = await inventory({ [path]: frame.subarray(0, frame.length / 2) });
    expect(packages.map(({ name }) => name)).toEqual(['base-files', 'libc6']);
    expect(problems).toMatchObject([
      { reason: expect.stringMatching(/header says/) },
      { reason: expect.stringMatching(/zstd/) },
    ]);
  });

  it('notices that lines are missing, by the number in the header', async () => {
    const text = manifest(lines).split('\n').slice(0, 4).join('\n');
    const { packages, problems } = await inventory({ [path]: zstdCompressSync(text) });
    expect(packages).toHaveLength(2);
    expect(problems).toMatchObject([{ code: 'malformed', reason: '4 lines, its header says 10' }]);
  });

  it('says that it cannot read another major version', async () => {
    const { problems } = await inventory({ [path]: zstdCompressSync('{"jsonwall":"1.0","schema":"2.0","count":1}\n') });
    expect(problems).toMatchObject([{ code: 'malformed', reason: expect.stringContaining('version') }]);
  });

  it('is silent on a file of that name that is something else', async () => {
    const { complete } = await inventory({ 'srv/art/manifest.wall': 'a wall', 'srv/empty/manifest.wall': '' });
    expect(complete).toBe(true);
  });

  it('does not decompress without end', async () => {
    const bomb = Buffer.concat([Buffer.from(manifest(lines)), Buffer.alloc(300 * 1024 * 1024, 'x')]);
    const { packages, problems } = await inventory({ [path]: zstdCompressSync(bomb) });
    expect(packages).toHaveLength(2);
    expect(problems).toMatchObject([{ code: 'too-large' }]);
  }, 60_000);
});

describe('parseChiselManifest', () => {
  it('gives each package the files of its slices, directories left out', () => {
    const { packages = [] } = parseChiselManifest(manifest(lines)) ?? {};
    const owned = packages.map(({ files = '' }) => Array.from(decodeOwnedPaths(files)));
    expect(owned).toEqual([[hashOwnedPath('etc/os-release')], [hashOwnedPath('usr/lib/libc.so.6')]]);
  });

  it('counts what it cannot use and goes on', () => {
    const text = `${manifest([
      { kind: 'package', name: 'a b', version: '1' },
      { kind: 'slice', name: 'noslice' },
    ])}{\n[]\n${JSON.stringify(lines[1])}\n`;
    expect(parseChiselManifest(text)).toMatchObject({
      packages: [{ name: 'base-files' }],
      problems: ['2 line(s) are no JSON object', '1 package(s) without a usable name or version'],
    });
  });

  it('reads mutated manifests without throwing, into plain JSON', { timeout: 60_000 }, () => {
    const text = manifest(lines);
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(20), fc.string(), (at, remove, insert) => {
        const result = parseChiselManifest(text.slice(0, at) + insert + text.slice(at + remove));
        expect(JSON.parse(JSON.stringify(result ?? {}))).toEqual(result ?? {});
      }),
    );
  });
});
