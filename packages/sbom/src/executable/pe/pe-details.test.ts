import { describe, expect, it } from 'vitest';
import { accessOf } from '../byte-writer.test-support.ts';
import { describeExecutable } from '../describe-executable.ts';
import { readClr } from './clr-assembly.ts';
import { readPe } from './pe-file.ts';
import { clrMetadata, imports, type PeParts, peImage, resources, versionInfo } from './pe-image.test-support.ts';
import { parseVersionInfo } from './pe-version-info.ts';

const describePe = (parts: PeParts) => describeExecutable(accessOf(peImage(parts)));

describe('describeExecutable of PE', () => {
  it.each([true, false])('reads libraries, protections and version, 64 bits: %s', async (is64) => {
    const strings = { ProductName: 'Example', ProductVersion: '1.2.3', FileVersion: '1.2.3.4', CompanyName: 'Ünïcode' };
    const details = await describePe({
      ...{ is64, machine: is64 ? 0xaa64 : 0x14c, dllCharacteristics: 0x4140 },
      directories: { 1: '.idata', 2: '.rsrc' },
      sections: [
        { name: '.idata', content: imports('.idata', ['KERNEL32.dll', 'msvcrt.dll']) },
        { name: '.rsrc', content: resources('.rsrc', versionInfo(strings)) },
      ],
    });
    expect(details).toEqual({
      ...{ bits: is64 ? 64 : 32, byteOrder: 'little', machine: is64 ? 'aarch64' : 'i386', type: 'executable' },
      ...{ pie: true, nx: true, controlFlowGuard: true, libraries: ['KERNEL32.dll', 'msvcrt.dll'] },
      ...{ productName: 'Example', productVersion: '1.2.3', fileVersion: '1.2.3.4', companyName: 'Ünïcode' },
    });
  });

  it('tells libraries, programs without protections, and UPX', async () => {
    expect(await describePe({ characteristics: 0x2022, dllCharacteristics: 0, machine: 0x1234 })).toMatchObject({
      ...{ type: 'shared-object', pie: false, nx: false, machine: 'machine-4660' },
    });
    const empty = new Uint8Array(16);
    const sections = ['UPX0', 'UPX1', '.rsrc'].map((name) => ({ name, content: empty }));
    expect(await describePe({ sections })).toMatchObject({ packer: 'upx' });
  });

  it('takes a DOS program for none', async () => {
    const dos = peImage({});
    dos.set([0x4e, 0x45], 0x80);
    expect(await describeExecutable(accessOf(dos))).toEqual({});
  });

  it('gives up on resources that lead nowhere or in a circle', async () => {
    const circle = new Uint8Array(64);
    circle[14] = 1;
    circle.set([16, 0, 0, 0, 0, 0, 0, 0x80], 16);
    for (const content of [circle, new Uint8Array(4), new Uint8Array(64).fill(0xff)]) {
      const details = await describePe({ directories: { 2: '.rsrc' }, sections: [{ name: '.rsrc', content }] });
      expect(details).not.toHaveProperty('productName');
    }
  });
});

describe('parseVersionInfo', () => {
  it('reads nothing from other bytes', () => {
    expect(parseVersionInfo(new Uint8Array(0))).toEqual({});
    expect(parseVersionInfo(versionInfo({ A: 'b' }).subarray(0, 60))).toEqual({});
  });

  it('takes the first of two equal keys, and no key that is none', () => {
    expect(parseVersionInfo(versionInfo(JSON.parse('{"__proto__":"x","A":"1","B":""}')))).toEqual({ A: '1' });
  });
});

describe('readClr', () => {
  const clrOf = async (...metadata: Parameters<typeof clrMetadata> extends [string, ...infer Rest] ? Rest : never) => {
    const sections = [{ name: '.text', content: clrMetadata('.text', ...metadata) }];
    const pe = await readPe(accessOf(peImage({ directories: { 14: '.text' }, sections })));
    return pe && readClr(pe);
  };

  it.each([
    ['narrow heaps', {}],
    ['wide heaps', { wideHeaps: true }],
    ['more rows than a narrow reference can count', { types: 0x4000 }],
  ])('reads name and version behind tables with %s', async (_, options) => {
    const assembly = { name: 'Newtonsoft.Json', version: [13, 0, 0, 0] };
    expect(await clrOf(assembly, options)).toEqual({
      runtime: 'v4.0.30319',
      assembly: { name: 'Newtonsoft.Json', version: '13.0.0.0' },
    });
  });

  it('reads the culture of an assembly that has one, and a module that is no assembly', async () => {
    const satellite = { name: 'A.resources', version: [1, 0, 0, 0], culture: 'de' };
    expect((await clrOf(satellite))?.assembly?.culture).toBe('de');
    expect(await clrOf(undefined)).toEqual({ runtime: 'v4.0.30319' });
  });

  it('knows native code', async () => {
    const pe = await readPe(accessOf(peImage({})));
    expect(pe && (await readClr(pe))).toBeUndefined();
  });
});
