import { describe, expect, it } from 'vitest';
import { rawEntry } from '../layer.test-support.ts';
import { headerBlock } from './header-block.test-support.ts';
import { parseHeader, type TarHeader } from './parse-header.ts';

/** A header block with some bytes changed and its checksum set right again. */
function header(changes: Readonly<Record<number, string | readonly number[]>>, signed = false): TarHeader | string {
  const block = rawEntry({ name: 'name' });
  for (const [at, bytes] of Object.entries(changes)) {
    block.set(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, Number(at));
  }
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + (signed && byte > 127 ? byte - 256 : byte), 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return parseHeader(headerBlock(block));
}

const gnuMagic = { 257: 'ustar  \0' };

describe('parseHeader', () => {
  it('puts the prefix of a ustar header in front of the name', () => {
    expect(header({ 345: 'some/prefix' })).toMatchObject({ name: 'some/prefix/name' });
  });

  it('reads no prefix where GNU keeps other fields, nor without magic', () => {
    expect(header({ ...gnuMagic, 345: '14512345670\0' })).toMatchObject({ name: 'name' });
    expect(header({ 257: new Array(8).fill(0), 345: 'some/prefix' })).toMatchObject({ name: 'name' });
  });

  it("reads star's shorter prefix", () => {
    const times = '00000000000 00000000000 ';
    expect(header({ 345: 'prefix', 476: times, 508: 'tar\0' })).toMatchObject({ name: 'prefix/name' });
  });

  it('reads a name that fills its field', () => {
    expect(header({ 0: 'n'.repeat(100) })).toMatchObject({ name: 'n'.repeat(100) });
  });

  it('reads numbers in octal with any padding, and in base 256', () => {
    expect(header({ 124: '       1750 ' })).toMatchObject({ size: 1000 });
    expect(header({ 124: '77777777777\0' })).toMatchObject({ size: 8 ** 11 - 1 });
    expect(header({ 124: [0x80, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 1] })).toMatchObject({ size: 2 ** 36 + 1 });
    expect(header({ 136: new Array(12).fill(0xff) })).toMatchObject({ mtime: -1 });
    expect(header({ 136: [...new Array(11).fill(0xff), 0] })).toMatchObject({ mtime: -256 });
  });

  it('refuses a size that is negative, no number or beyond what can be counted', () => {
    expect(header({ 124: new Array(12).fill(0xff) })).toBe('a size that is no number');
    expect(header({ 124: 'twelve' })).toBe('a size that is no number');
    expect(header({ 124: '0000017x000\0' })).toBe('a size that is no number');
    expect(header({ 124: '00000178000\0' })).toBe('a size that is no number');
    expect(header({ 124: [0x80, 0x7f, ...new Array(10).fill(0xff)] })).toBe('a size that is no number');
  });

  it('takes a checksum of signed bytes, as old writers made it, and no wrong one', () => {
    expect(header({ 0: 'caf\xe9' }, true)).toMatchObject({ name: 'caf\xe9' });
    const block = rawEntry({ name: 'name' });
    block[0] = 'N'.charCodeAt(0);
    expect(parseHeader(headerBlock(block))).toBe('no valid header');
  });

  it('sees that the map of a sparse file goes on', () => {
    expect(header({ ...gnuMagic, 156: 'S', 482: [1] })).toMatchObject({ flag: 'S', sparse: { continues: true } });
    expect(header({ ...gnuMagic, 156: 'S' })).toMatchObject({ sparse: { continues: false } });
  });
});
