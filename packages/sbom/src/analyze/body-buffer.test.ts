import { describe, expect, it } from 'vitest';
import { BodyBuffer } from './body-buffer.ts';

const MiB = 1024 * 1024;

describe('BodyBuffer', () => {
  it('gives the same memory to one body after the other, in the size of each', () => {
    const buffer = new BodyBuffer();
    const first = buffer.take(300_000);
    buffer.giveBack();
    const second = buffer.take(10);
    expect(second.buffer).toBe(first.buffer);
    expect([first.length, second.length]).toEqual([300_000, 10]);
  });

  it('never gives memory that is still looked at', () => {
    const buffer = new BodyBuffer();
    const first = buffer.take(10);
    expect(buffer.take(10).buffer).not.toBe(first.buffer);
  });

  it('grows for a larger body, and keeps nothing of a very large one', () => {
    const buffer = new BodyBuffer();
    buffer.take(10);
    buffer.giveBack();
    const larger = buffer.take(2 * MiB + 1);
    expect(larger).toHaveLength(2 * MiB + 1);
    buffer.giveBack();
    const huge = buffer.take(9 * MiB);
    buffer.giveBack();
    expect(buffer.take(1).buffer).toBe(larger.buffer);
    expect(huge.buffer).not.toBe(larger.buffer);
  });
});
