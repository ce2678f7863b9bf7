import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inventoryOf } from '../assemble/image.test-support.ts';
import type { Cataloger } from '../catalog/cataloger.ts';
import { dotnetAssemblyCataloger } from '../catalogers/dotnet-assembly/cataloger.ts';
import { assembly, bundle } from '../catalogers/dotnet-assembly/dotnet-image.test-support.ts';
import { elfNoteCataloger } from '../catalogers/elf-note/cataloger.ts';
import { executableCataloger } from '../catalogers/executable/cataloger.ts';
import { goBinaryCataloger } from '../catalogers/go-binary/cataloger.ts';
import { goProgram, inlineHeader } from '../catalogers/go-binary/go-program.test-support.ts';
import { graalvmCataloger } from '../catalogers/graalvm/cataloger.ts';
import { rustBinaryCataloger } from '../catalogers/rust-binary/cataloger.ts';
import { accessOf } from './byte-writer.test-support.ts';
import { describeExecutable } from './describe-executable.ts';
import { dynamicProgram, elfImage, notes, strings } from './elf/elf-image.test-support.ts';
import { openExecutable } from './executable-image.ts';
import { machOImage, universal } from './mach-o/mach-o-image.test-support.ts';
import { exportsOf, imports, peImage } from './pe/pe-image.test-support.ts';

const catalogers = [
  executableCataloger,
  goBinaryCataloger,
  rustBinaryCataloger,
  graalvmCataloger,
  elfNoteCataloger,
  dotnetAssemblyCataloger,
] as readonly Cataloger[];

const modules = 'mod\texample.com/a\tv1.0.0\ndep\tgithub.com/b/c\tv2.0.0\n';
const crates = deflateSync('{"packages":[{"name":"a","version":"1.0.0","source":"local"}]}');
const dynamic = dynamicProgram(
  [
    [1, 'libc.so.6'],
    [29, '/lib'],
  ],
  { symbols: ['__stack_chk_fail'], interpreter: '/ld.so' },
);
const names = strings('sbom', 'sbom_length', '__svm_version_info');
const machO = machOImage({
  ...{ libraries: ['/usr/lib/a.dylib'], rpath: ['/lib'], uuid: new Uint8Array(16) },
  sections: [
    { name: '__go_buildinfo', content: inlineHeader('go1.22.1', modules) },
    { name: '.dep-v0', content: crates },
    { name: '__sbom', content: gzipSync('{"bomFormat":"CycloneDX"}') },
  ],
  symbols: { sbom: ['__sbom', 0], sbom_length: ['__sbom', 4], __svm_version_info: ['__sbom', 0] },
});

/** One good file of each kind. */
const seeds: readonly Uint8Array[] = [
  goProgram(modules),
  elfImage({
    sections: [
      ...(dynamic.sections ?? []),
      { name: '.dep-v0', content: crates },
      { name: '.modinfo', content: Buffer.from('license=GPL\0') },
      { name: '.comment', content: Buffer.from('GCC\0') },
      { name: '.strings', type: 3, content: names.bytes },
      { name: '.symbols', type: 2, link: '.strings', content: new Uint8Array(96).fill(1) },
      {
        ...{ name: '.note.package', type: 7 },
        content: notes([
          { owner: 'FDO', type: 0xcafe1a7e, content: Buffer.from('{"type":"rpm","name":"a","version":"1"}') },
        ]),
      },
    ],
    segments: dynamic.segments ?? [],
  }),
  peImage({
    directories: { 0: '.edata', 1: '.idata' },
    sections: [
      {
        name: '.edata',
        content: exportsOf('.edata', { sbom: () => 8, sbom_length: () => 8, __svm_version_info: () => 8 }),
      },
      { name: '.idata', content: imports('.idata', ['a.dll', 'b.dll']) },
    ],
  }),
  assembly({ name: 'A', version: [1, 2, 3, 4] }, { ProductName: 'A', ProductVersion: '1.2.3', FileVersion: '1.2.3.4' }),
  bundle(Buffer.from('{"libraries":{"A/1.0.0":{"type":"package"}}}')),
  machO,
  universal([machO, machO]),
];

/** A seed with numbers of one to eight bytes overwritten, and perhaps cut off. */
const mutated = fc.constantFrom(...seeds).chain((seed) => {
  const value = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255));
  // Most of what decides lies in the first bytes and in the tables at the end.
  const at = fc.oneof(
    fc.nat(255),
    fc.nat(seed.length - 1),
    fc.nat(1_023).map((back) => seed.length - 1 - back),
  );
  const edit = fc.record({ at, value, width: fc.constantFrom(1, 2, 4, 8) });
  const length = fc.option(fc.integer({ min: 64, max: seed.length }), { nil: seed.length, freq: 5 });
  return fc.tuple(fc.array(edit, { minLength: 1, maxLength: 8 }), length).map(([edits, end]) => {
    const bytes = Uint8Array.from(seed);
    for (const change of edits) bytes.fill(change.value, Math.max(change.at, 0), Math.max(change.at, 0) + change.width);
    return bytes.subarray(0, end);
  });
});

describe('the catalogers of executables', () => {
  it('find something in good files', async () => {
    const { packages, files } = await inventoryOf(
      [Object.fromEntries(seeds.map((seed, index) => [`f${index}`, seed]))],
      catalogers,
    );
    expect(files).toHaveLength(seeds.length);
    expect(new Set(packages.map(({ cataloger }) => cataloger))).toEqual(
      new Set(['go-binary', 'rust-binary', 'elf-note', 'dotnet-assembly']),
    );
  });

  it('answer mutated files with records, packages or problems, never with an error, and with plain JSON', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        const inventory = await inventoryOf([{ file: bytes }], catalogers);
        expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
        // What a cataloger says on purpose; an accident would have an error's name.
        for (const { reason } of inventory.problems)
          expect(reason).not.toMatch(/TypeError|RangeError|Cannot read|Invalid/);
      }),
      { numRuns: 1_000 },
    );
  }, 120_000);

  it('read no more than a few times the file, however its tables are laid over each other', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        const access = accessOf(bytes);
        await openExecutable(access);
        await describeExecutable(access);
        expect(access.bytesRead).toBeLessThan(bytes.length * 100 + 1_000_000);
        expect(access.reads).toBeLessThan(5_000);
      }),
      { numRuns: 500 },
    );
  }, 120_000);

  it('end soon on tables of the largest counts', async () => {
    const large = new Uint8Array(8 * 1024 * 1024).fill(1);
    for (const seed of seeds) large.set(seed.subarray(0, 4_096), 0);
    for (const seed of seeds) {
      const bytes = Uint8Array.from(large);
      bytes.set(seed, 0);
      bytes.fill(0xff, seed.length);
      const start = performance.now();
      await inventoryOf([{ file: bytes }], catalogers);
      expect(performance.now() - start).toBeLessThan(5_000);
    }
  }, 120_000);
});
