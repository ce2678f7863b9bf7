import { describe, expect, it } from 'vitest';
import { buildTar } from '../testing.ts';
import { decodePaxRecords, decodeTarHeader } from './tar-header.ts';

/** A header whose size field is replaced, with a good checksum. */
async function headerWithSize(field: Buffer): Promise<Buffer> {
  const block = (await buildTar([{ path: 'a', content: 'x' }])).subarray(0, 512);
  field.copy(block, 124);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

const base256 = (value: bigint): Buffer => {
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(value, 4);
  field[0] = 0x80;
  return field;
};

describe('decodeTarHeader', () => {
  it('reads sizes beyond 8 GiB as GNU writes them', async () => {
    expect(decodeTarHeader(await headerWithSize(base256(20n * 2n ** 30n)))?.size).toBe(20 * 2 ** 30);
  });

  it('refuses sizes that no file has', async () => {
    const negative = Buffer.alloc(12, 0xff);
    for (const field of [base256(2n ** 60n), negative, Buffer.from('99999999999\0'), Buffer.from('-0000000001\0')]) {
      expect(decodeTarHeader(await headerWithSize(field))).toBeUndefined();
    }
  });

  it('refuses a block with a wrong checksum', async () => {
    const block = (await buildTar([{ path: 'a' }])).subarray(0, 512);
    block[0] = 0x62;
    expect(decodeTarHeader(block)).toBeUndefined();
  });
});

describe('decodePaxRecords', () => {
  it('reads values with equals signs and line breaks', () => {
    const records = decodePaxRecords(Buffer.from('12 path=a=b\n13 comment=\n\n'));
    expect(Object.fromEntries(records ?? [])).toEqual({ path: 'a=b', comment: '\n' });
  });

  it.each(['x path=a\n', '99 path=a\n', '0 path=a\n', '9 pathxa\n', '10 path=a', '5 path=a\n', ' '])(
    'refuses %j',
    (text) => {
      expect(decodePaxRecords(Buffer.from(text))).toBeUndefined();
    },
  );
});
