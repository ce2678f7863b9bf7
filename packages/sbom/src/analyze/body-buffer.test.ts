import { describe, expect, it } from 'vitest';
import { BodyBuffer } from './body-buffer.ts';

const MiB = 1024 * 1024;

describe('BodyBuffer', () => {
  it('gives the same memory to one body after the other, in the size of each', () => {
    const buffer = new BodyBuffer();
    const first = buffer.take(300_000);
    buffer.giveBack(first);
    const second = buffer.take(10);
    expect(second.buffer).toBe(first.buffer);
    expect([first.length, second.length]).toEqual([300_000, 10]);
  });

  it('never gives memory that is still looked at', () => {
    const buffer = new BodyBuffer();
    const first = buffer.take(10);
    const second = buffer.take(10);
    expect(second.buffer).not.toBe(first.buffer);
    buffer.giveBack(second);
    expect(buffer.take(10).buffer).not.toBe(first.buffer);
  });

  it('grows for a larger body, and frees the memory of a very large one', () => {
    const buffer = new BodyBuffer();
    buffer.giveBack(buffer.take(10));
    const larger = buffer.take(MiB + 1);
    expect(larger).toHaveLength(MiB + 1);
    buffer.giveBack(larger);
    const huge = buffer.take(3 * MiB);
    expect(huge).toHaveLength(3 * MiB);
    buffer.giveBack(huge);
    expect(huge).toHaveLength(0);
    expect(buffer.take(1).buffer).toBe(larger.buffer);
  });
});
