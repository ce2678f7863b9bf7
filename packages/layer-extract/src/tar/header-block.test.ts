import { describe, expect, it } from 'vitest';
import { HeaderBlock } from './header-block.ts';

describe('HeaderBlock', () => {
  it('is zero only where every byte is', () => {
    const block = new HeaderBlock();
    expect(block.isZero).toBe(true);
    for (const at of [0, 1, 4, 511]) {
      block.bytes[at] = 1;
      expect(block.isZero).toBe(false);
      block.bytes[at] = 0;
    }
    expect(block.isZero).toBe(true);
  });
});
