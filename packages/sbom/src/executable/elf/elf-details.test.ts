import { describe, expect, it } from 'vitest';
import { accessOf } from '../byte-writer.test-support.ts';
import { describeExecutable } from '../describe-executable.ts';
import { dynamicProgram, type ElfParts, elfImage, notes } from './elf-image.test-support.ts';

const describeElf = (parts: ElfParts) => describeExecutable(accessOf(elfImage(parts)));
const text = (value: string) => new TextEncoder().encode(value);

const relroSegment = { type: 0x6474e552, of: '.dynamic' };
const stackSegment = (flags: number) => ({ type: 0x6474e551, flags });

function program(
  entries: Parameters<typeof dynamicProgram>[0],
  more: Partial<ElfParts> & Parameters<typeof dynamicProgram>[1] = {},
): ElfParts {
  const made = dynamicProgram(entries, more);
  return {
    ...more,
    sections: [...(made.sections ?? []), ...(more.sections ?? [])],
    segments: [...(made.segments ?? []), ...(more.segments ?? [])],
  };
}

describe('describeExecutable of ELF', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('reads a hardened program, 64 bits: %s, little-endian: %s', async (is64, littleEndian) => {
    const parts = program(
      [
        [1, 'libm.so.6'],
        [1, 'libc.so.6'],
        [29, '/opt/lib:$ORIGIN/../lib'],
        [30, 8],
        [0x6ffffffb, 0x0800_0001],
      ],
      {
        ...{ is64, littleEndian, interpreter: '/lib64/ld-linux-x86-64.so.2', symbols: ['__stack_chk_fail'] },
        segments: [relroSegment, stackSegment(6), { type: 4, of: '.note.gnu.build-id' }],
        sections: [
          {
            ...{ name: '.note.gnu.build-id', type: 7 },
            content: notes([{ owner: 'GNU', type: 3, content: Uint8Array.of(0xde, 0xad, 0xbe, 0xef) }], littleEndian),
          },
          { name: '.comment', content: text('GCC: (Debian 12.2.0-14) 12.2.0\0clang 19\0clang 19\0') },
        ],
      },
    );
    expect(await describeElf(parts)).toEqual({
      ...{ bits: is64 ? 64 : 32, byteOrder: littleEndian ? 'little' : 'big', machine: 'x86_64', type: 'shared-object' },
      ...{ pie: true, static: false, relro: 'full', nx: true, canary: true, stripped: true },
      interpreter: '/lib64/ld-linux-x86-64.so.2',
      libraries: ['libm.so.6', 'libc.so.6'],
      runpath: ['/opt/lib', '$ORIGIN/../lib'],
      buildId: 'deadbeef',
      compilers: ['GCC: (Debian 12.2.0-14) 12.2.0', 'clang 19'],
    });
  });

  it('tells a library from a program', async () => {
    const library = await describeElf(
      program([
        [14, 'libz.so.1'],
        [15, '/a'],
      ]),
    );
    expect(library).toMatchObject({ type: 'shared-object', soname: 'libz.so.1', rpath: ['/a'] });
    expect(library).not.toHaveProperty('pie');
    expect(library).not.toHaveProperty('static');
    // Libraries that can be run: libc.so.6 has an interpreter and a name, pam_cap.so has an interpreter and no name.
    expect(await describeElf(program([[14, 'libc.so.6']], { interpreter: '/ld.so' }))).not.toHaveProperty('pie');
    expect(await describeElf(program([[1, 'libcap.so.2']], { interpreter: '/ld.so' }))).not.toHaveProperty('pie');
  });

  it('knows programs that older linkers did not mark, and static ones', async () => {
    const old: Parameters<typeof program>[0] = [
      [1, 'libc.so.6'],
      [21, 0],
    ];
    expect(await describeElf(program(old, { interpreter: '/ld.so' }))).toMatchObject({ pie: true, static: false });
    expect(await describeElf(program([[21, 0]]))).toMatchObject({ pie: true, static: true });
    expect(await describeElf({ type: 2 })).toMatchObject({ type: 'executable', pie: false, static: true });
  });

  it.each([
    [[], [], 'none'],
    [[relroSegment], [], 'partial'],
    [[relroSegment], [[24, 1]], 'full'],
    [[relroSegment], [[30, 8]], 'full'],
    [[relroSegment], [[0x6ffffffb, 1]], 'full'],
    [[], [[24, 1]], 'none'],
  ] as const)('takes segments %j and entries %j for relro %s', async (segments, entries, relro) => {
    expect(await describeElf(program(entries, { segments }))).toMatchObject({ relro });
  });

  it.each([
    [[], false],
    [[stackSegment(7)], false],
    [[stackSegment(6)], true],
  ])('takes stack segments %j for nx %s', async (segments, nx) => {
    expect(await describeElf(program([], { segments }))).toMatchObject({ nx });
  });

  it('says nothing of a canary where there are no symbols, and finds one in a static program', async () => {
    expect(await describeElf({ type: 2 })).not.toHaveProperty('canary');
    const symbols = (name: string): ElfParts => ({
      type: 2,
      sections: [
        { name: '.strtab', type: 3, content: text(`\0${name}\0`) },
        { name: '.symtab', type: 2, link: '.strtab', content: new Uint8Array(24) },
      ],
    });
    expect(await describeElf(symbols('__stack_chk_fail'))).toMatchObject({ canary: true, stripped: false });
    expect(await describeElf(symbols('__stack_chk_fail_local'))).toMatchObject({ canary: false });
  });

  it('reads a kernel module', async () => {
    const modinfo = 'license=GPL v2\0vermagic=6.1.0-18-amd64 SMP\0name=xfs\0depends=\0license=second\0';
    const details = await describeElf({ type: 1, sections: [{ name: '.modinfo', content: text(modinfo) }] });
    expect(details).toMatchObject({
      type: 'relocatable',
      kernelModule: { license: 'GPL v2', vermagic: '6.1.0-18-amd64 SMP', name: 'xfs' },
    });
    expect(details).not.toHaveProperty('relro');
  });

  it('reads notes of sections where no segment maps them, and the id of a Go program', async () => {
    const content = notes([{ owner: 'Go', type: 4, content: text('abc/def') }]);
    expect(await describeElf({ sections: [{ name: '.note.go.buildid', type: 7, content }] })).toMatchObject({
      goBuildId: 'abc/def',
    });
  });

  it('reads notes that are aligned to eight bytes', async () => {
    const content = notes(
      [
        { owner: 'GNU', type: 5, content: new Uint8Array(12) },
        { owner: 'GNU', type: 3, content: Uint8Array.of(1, 2) },
      ],
      true,
      8,
    );
    const sections = [{ name: '.note', type: 7, content }];
    const segments = [{ type: 4, of: '.note', alignment: 8 }];
    expect(await describeElf({ sections, segments })).toMatchObject({ buildId: '0102' });
  });

  it('recognises UPX', async () => {
    const sections = [{ name: 'x', content: Buffer.from('\0\0\0\0UPX!') }];
    const parts = { type: 2, withoutSections: true, segments: [{ type: 1, of: 'x' }], sections };
    expect(await describeElf(parts)).toMatchObject({ packer: 'upx' });
  });

  it('reads counts that do not fit the header', async () => {
    expect(await describeElf({ ...program([[1, 'libc.so.6']]), extended: true })).toMatchObject({
      libraries: ['libc.so.6'],
    });
  });

  it('calls a file damaged whose tables are cut off, and reads what is there', async () => {
    const whole = elfImage(program([[1, 'libc.so.6']]));
    const details = await describeExecutable(accessOf(whole.subarray(0, whole.length - 200)));
    expect(details).toMatchObject({ damaged: true, libraries: ['libc.so.6'] });
  });

  it('finds the strings by the section where no segment is mapped', async () => {
    const { sections = [] } = program([[1, 'libc.so.6']]);
    expect(await describeElf({ sections })).toMatchObject({ libraries: ['libc.so.6'] });
  });

  it('reads no more than the tables', async () => {
    const parts = program([[1, 'libc.so.6']], { sections: [{ name: '.text', content: new Uint8Array(100_000) }] });
    const access = accessOf(elfImage(parts));
    await describeExecutable(access);
    expect(access.bytesRead).toBeLessThan(10_000);
    expect(access.reads).toBeLessThan(20);
  });
});
