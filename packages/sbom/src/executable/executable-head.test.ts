import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from './byte-writer.test-support.ts';
import { executableFormat, isExecutableHead } from './executable-head.ts';

const padded = (writer: ByteWriter) => writer.upTo(512).build();
const elf = (bits: number, order: number) => padded(new ByteWriter().u8(0x7f, 0x45, 0x4c, 0x46, bits, order));
const pe = (at: number, signature = 0x4550) =>
  padded(new ByteWriter().u16(0x5a4d).upTo(0x3c).u32(at).upTo(Math.min(at, 508)).u32(signature));

describe('executableFormat', () => {
  it.each([
    ['elf', elf(1, 2)],
    ['elf', elf(2, 1)],
    ['pe', pe(0x80)],
    ['pe', pe(0x1000, 0)],
    ['mach-o', padded(new ByteWriter(true).u32(0xfeedfacf))],
    ['mach-o', padded(new ByteWriter(true).u32(0xfeedface))],
    ['mach-o', padded(new ByteWriter(false).u32(0xfeedfacf))],
    ['mach-o', padded(new ByteWriter(false).u32(0xcafebabe, 2))],
    ['mach-o', padded(new ByteWriter(false).u32(0xcafebabf, 1))],
    [undefined, elf(0, 1)],
    [undefined, elf(3, 1)],
    [undefined, elf(1, 0)],
    [undefined, pe(0x80, 0x454e)],
    [undefined, pe(0)],
    [undefined, padded(new ByteWriter(false).u32(0xcafebabe, 0x0000_0041))],
    [undefined, padded(new ByteWriter(false).u32(0xcafebabe, 0))],
    [undefined, elf(2, 1).subarray(0, 40)],
    [undefined, new Uint8Array(0)],
  ])('calls it %s', (format, head) => {
    expect(executableFormat(head)).toBe(format);
  });

  it('takes a Java class for none, whatever its version', () => {
    fc.assert(
      fc.property(fc.integer({ min: 45, max: 200 }), fc.integer({ min: 0, max: 0xffff }), (major, minor) => {
        expect(isExecutableHead(padded(new ByteWriter(false).u32(0xcafebabe).u16(minor, major)))).toBe(false);
      }),
    );
  });

  it('answers for any bytes', () => {
    const first = fc.constantFrom([0x7f, 0x45, 0x4c, 0x46], [0x4d, 0x5a], [0xca, 0xfe, 0xba, 0xbe], [0xcf, 0xfa], []);
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 512 }), (magic, rest) => {
        expect(typeof isExecutableHead(Uint8Array.from([...magic, ...rest]))).toBe('boolean');
      }),
    );
  });
});
