import { describe, expect, it } from 'vitest';
import { accessOf } from '../../executable/byte-writer.test-support.ts';
import { elfImage } from '../../executable/elf/elf-image.test-support.ts';
import { machOImage, universal } from '../../executable/mach-o/mach-o-image.test-support.ts';
import { imageBase, peImage } from '../../executable/pe/pe-image.test-support.ts';
import { goProgram, inlineHeader, pointerHeader } from './go-program.test-support.ts';
import { readGoBuildInfo } from './read-go-build-info.ts';

const modules = 'path\texample.com/app/cmd\nmod\texample.com/app\tv1.2.3\th1:abc=\nbuild\tGOOS=linux\n';
const expected = {
  ...{ goVersion: 'go1.22.1', path: 'example.com/app/cmd', deps: [], settings: { GOOS: 'linux' } },
  main: { path: 'example.com/app', version: 'v1.2.3', sum: 'h1:abc=' },
};
const read = (bytes: Uint8Array) => readGoBuildInfo(accessOf(bytes));
const data = { of: '.data', type: 1, flags: 6 };

describe('readGoBuildInfo', () => {
  it('reads a program of Go 1.18 or newer', async () => {
    expect(await read(goProgram(modules))).toEqual(expected);
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('follows the pointers of an older one, 64 bits: %s, little-endian: %s', async (is64, littleEndian) => {
    const form = { is64, littleEndian };
    const bytes = elfImage({
      ...form,
      sections: [{ name: '.data', content: (place) => pointerHeader(place('.data'), 'go1.22.1', modules, form) }],
      segments: [data],
    });
    expect(await read(bytes)).toEqual(expected);
  });

  it('finds it in the data of a program without sections, behind other bytes that look like it', async () => {
    const decoy = Buffer.concat([Buffer.from('\u00ff Go buildinf:', 'latin1'), new Uint8Array(50)]);
    const shifted = Buffer.concat([new Uint8Array(3), inlineHeader('go9.9', modules), new Uint8Array(16)]);
    const before = Buffer.concat([decoy, shifted]);
    const padding = new Uint8Array((16 - (before.length % 16)) % 16);
    const content = Buffer.concat([before, padding, inlineHeader('go1.22.1', modules)]);
    const bytes = elfImage({ withoutSections: true, sections: [{ name: '.data', content }], segments: [data] });
    expect(await read(bytes)).toEqual(expected);
  });

  it('finds it beyond the first window of the data', async () => {
    const content = Buffer.concat([new Uint8Array(3 * 1024 * 1024), inlineHeader('go1.22.1', modules)]);
    const bytes = machOImage({ sections: [{ name: '__go_buildinfo', content }] });
    expect(await read(bytes)).toEqual(expected);
  }, 30_000);

  it.each([true, false])('reads PE programs, 64 bits: %s', async (is64) => {
    const flags = 0xc000_0040;
    const content = inlineHeader('go1.22.1', modules);
    expect(await read(peImage({ is64, sections: [{ name: '.data', flags, content }] }))).toEqual(expected);
    const older = peImage({
      is64,
      sections: [
        { name: '.text', flags: 0x6000_0020, content: new Uint8Array(100) },
        {
          ...{ name: '.data', flags },
          content: (place) => {
            const { offset, address } = place('.data');
            return pointerHeader({ offset, address: imageBase + address, size: 0 }, 'go1.22.1', modules, { is64 });
          },
        },
      ],
    });
    expect(await read(older)).toEqual(expected);
  });

  it('reads Mach-O programs, and the first of a universal file that is one', async () => {
    const program = machOImage({ sections: [{ name: '__go_buildinfo', content: inlineHeader('go1.22.1', modules) }] });
    expect(await read(program)).toEqual(expected);
    expect(await read(universal([machOImage({}), program]))).toEqual(expected);
  });

  it('says nothing of other programs and other files', async () => {
    expect(await read(elfImage({}))).toBeUndefined();
    expect(await read(Buffer.from('#!/bin/sh\n'.repeat(20)))).toBeUndefined();
    expect(await read(new Uint8Array(0))).toBeUndefined();
  });

  it('keeps the version where the list of modules is broken, and reads nothing where lengths lie', async () => {
    const broken = goProgram(modules);
    const at = Buffer.from(broken).indexOf('0123456789abcdef', 200, 'latin1');
    broken[at - 1] = 0x7f;
    expect(await read(broken)).toMatchObject({ goVersion: 'go1.22.1', deps: [] });
    for (let length = 0; length < broken.length; length += 7) await read(broken.subarray(0, length));
  });

  it('ends when it is aborted', async () => {
    const reason = new Error('stop');
    const reading = readGoBuildInfo(accessOf(goProgram(modules)), { signal: AbortSignal.abort(reason) });
    await expect(reading).rejects.toBe(reason);
  });
});
