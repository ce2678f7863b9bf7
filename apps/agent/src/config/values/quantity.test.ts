import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatQuantity, quantity } from './quantity.ts';

const parse = (text: string) => quantity().safeParse(text);

describe('quantity', () => {
  it.each([
    ['0', 0],
    ['512', 512],
    ['20Gi', 20 * 2 ** 30],
    ['10G', 10 ** 10],
    ['64Mi', 2 ** 26],
    ['1.5Ki', 1536],
    ['1.1G', 1_100_000_000],
    ['5k', 5000],
    ['1e9', 10 ** 9],
    ['12E3', 12_000],
    ['3.', 3],
    ['2Pi', 2 * 2 ** 50],
  ])('reads %s as %d bytes', (text, bytes) => {
    expect(parse(text).data).toBe(bytes);
  });

  it('rounds a part of a byte up, as Kubernetes does', () => {
    expect(parse('0.0001Ki').data).toBe(1);
  });

  it.each(['20GB', '20gi', '-1', '1K', '.5Gi', 'Gi', '1 Gi', '', '1e99', '9E', '0x10', '1m'])('refuses %j', (text) => {
    expect(parse(text).error?.issues[0]?.message).toBe('is not a number of bytes such as 512Mi, 20Gi or 10G');
  });

  it('says the least it takes', () => {
    const { error } = quantity(1024 ** 2).safeParse('100k');
    expect(error?.issues[0]?.message).toBe('is too small; it takes at least 1Mi');
  });

  it('reads what formatQuantity writes, for any number of bytes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(parse(formatQuantity(bytes)).data).toBe(bytes);
      }),
    );
    expect(formatQuantity(67_108_864)).toBe('64Mi');
    expect(formatQuantity(1_500_000)).toBe('1500000');
  });

  it('answers any text, however odd', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { data = 0 } = parse(text);
        expect(Number.isSafeInteger(data)).toBe(true);
      }),
    );
  });
});
