import { describe, expect, it } from 'vitest';
import { Slots } from './slots.ts';

describe('Slots', () => {
  it('hands places over in the order of waiting, and each back once', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.take(undefined);
    const order: string[] = [];
    const waiting = ['a', 'b'].map(async (name) => {
      const end = await slots.take(undefined);
      order.push(name);
      end();
    });
    giveBack();
    giveBack();
    await Promise.all(waiting);
    expect(order).toEqual(['a', 'b']);
    let entered = false;
    const held = await slots.take(undefined);
    const next = slots.take(undefined).then((end) => {
      entered = true;
      end();
    });
    await Promise.resolve();
    expect(entered).toBe(false);
    held();
    await next;
  });

  it('keeps no place for who has stopped waiting', async () => {
    const slots = new Slots(1);
    const giveBack = await slots.take(undefined);
    const controller = new AbortController();
    const waiting = slots.take(controller.signal);
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(slots.take(controller.signal)).rejects.toBe('enough');
    giveBack();
    (await slots.take(undefined))();
  });
});
