import { describe, expect, it } from 'vitest';
import { RegistryClient } from '../registry/registry-client.ts';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { untilTestEnds } from '../testing/until-test-ends.test-support.ts';
import { createRegistry } from '../testing.ts';
import { RetryBudget } from './retry-budget.ts';

describe('RetryBudget', () => {
  it('gives a retry back that succeeds, and a fifth of one for each other success', () => {
    const budget = new RetryBudget(2);
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
    budget.succeeded(2);
    expect([budget.take(), budget.take()]).toEqual([true, false]);
    for (let index = 0; index < 5; index++) budget.succeeded(1);
    expect([budget.take(), budget.take()]).toEqual([true, false]);
  });

  it('never holds more than its capacity', () => {
    const budget = new RetryBudget(1);
    for (let index = 0; index < 100; index++) budget.succeeded(1);
    expect([budget.take(), budget.take()]).toEqual([true, false]);
  });
});

describe('the retry budget of a client', () => {
  it('leaves a broken registry with first tries only, and another with all its retries', async () => {
    const [broken, good] = [untilTestEnds(await createRegistry()), untilTestEnds(await createRegistry())];
    await broken.push('app', '1');
    await good.push('app', '1');
    broken.addFault({ fault: { kind: 'status', status: 503 } });
    const retry = { budget: 4, sleep: () => Promise.resolve() };
    const client = untilTestEnds(new RegistryClient({ retry }));
    for (let index = 0; index < 10; index++) await failureOf(client.resolve(`${broken.host}/app:1`));
    expect(broken.requests).toHaveLength(10 + 4);
    good.addFault({ times: 2, fault: { kind: 'status', status: 503 } });
    await client.resolve(`${good.host}/app:1`);
    broken.clearFaults();
    await client.resolve(`${broken.host}/app:1`);
  });
});
