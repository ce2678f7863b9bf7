import { describe, expect, it } from 'vitest';
import { accessOf } from '../byte-writer.test-support.ts';
import { describeExecutable } from '../describe-executable.ts';
import { type MachOParts, machOImage, universal } from './mach-o-image.test-support.ts';

const describeMachO = (parts: MachOParts) => describeExecutable(accessOf(machOImage(parts)));

describe('describeExecutable of Mach-O', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('reads its load commands, 64 bits: %s, little-endian: %s', async (is64, littleEndian) => {
    const details = await describeMachO({
      ...{ is64, littleEndian, libraries: ['/usr/lib/libSystem.B.dylib'], rpath: ['@loader_path/../lib'] },
      uuid: Uint8Array.from({ length: 16 }, (_, index) => index),
      sections: [{ name: '__data', content: new Uint8Array(8) }],
      symbols: { __stack_chk_fail: ['__data', 0] },
    });
    expect(details).toEqual({
      ...{ bits: is64 ? 64 : 32, byteOrder: littleEndian ? 'little' : 'big', machine: 'x86_64', type: 'executable' },
      ...{ pie: true, nx: true, canary: true },
      ...{ libraries: ['/usr/lib/libSystem.B.dylib'], runpath: ['@loader_path/../lib'] },
      buildId: '000102030405060708090a0b0c0d0e0f',
    });
  });

  it('tells a library by its name, and an executable stack', async () => {
    const library = { fileType: 6, flags: 0x2_0000, id: '@rpath/liba.dylib', cpuType: 99 };
    expect(await describeMachO(library)).toEqual({
      ...{ bits: 64, byteOrder: 'little', machine: 'machine-99', type: 'shared-object', nx: false },
      soname: '@rpath/liba.dylib',
    });
  });

  it.each([false, true])('names all machines of a universal file, wide: %s', async (wide) => {
    const slices = [machOImage({ cpuType: 0x100_0007 }), machOImage({ cpuType: 0x100_000c })];
    expect(await describeExecutable(accessOf(universal(slices, wide)))).toMatchObject({
      machine: 'x86_64',
      machines: ['x86_64', 'aarch64'],
    });
  });

  it('reads what is there of a file that is cut off', async () => {
    const whole = machOImage({ libraries: ['/usr/lib/a.dylib'] });
    for (let length = 64; length < whole.length; length += 1) {
      expect(await describeExecutable(accessOf(whole.subarray(0, length)))).toMatchObject({ machine: 'x86_64' });
    }
  });
});
