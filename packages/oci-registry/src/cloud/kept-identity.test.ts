import { describe, expect, it } from 'vitest';
import { KeptIdentity } from './kept-identity.ts';

interface Token {
  readonly number: number;
}

function kept(): KeptIdentity<Token> {
  let number = 0;
  return new KeptIdentity<Token>(async () => ({ value: { number: ++number }, expiresAt: 3_600_000 }), { now: () => 0 });
}

describe('KeptIdentity', () => {
  it('is new to the first who gets it', async () => {
    const identity = kept();
    const both = await Promise.all([identity.get(), identity.get()]);
    expect(both.map(({ isNew }) => isNew)).toEqual([true, false]);
    expect(await identity.get()).toEqual({ identity: { number: 1 }, isNew: false });
  });

  it('is got anew once where all who have it find that it is refused', async () => {
    const identity = kept();
    const [{ identity: one }, { identity: same }] = await Promise.all([identity.get(), identity.get()]);
    identity.drop(one);
    const next = await identity.get();
    identity.drop(same);
    expect(next).toEqual({ identity: { number: 2 }, isNew: true });
    expect((await identity.get()).identity).toBe(next.identity);
  });
});
