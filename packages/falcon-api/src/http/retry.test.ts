import { describe, expect, it } from 'vitest';
import { FalconError } from '../falcon-error.ts';
import { type RetryPolicy, retrySettings, withRetry } from './retry.ts';

/** Runs a call that fails with these errors in turn and then succeeds; tells the waits. */
async function run(
  errors: readonly unknown[],
  policy: RetryPolicy = {},
): Promise<{ outcome: unknown; waits: number[] }> {
  const waits: number[] = [];
  const left = [...errors];
  const settings = retrySettings(
    policy,
    async (milliseconds) => {
      waits.push(milliseconds);
    },
    () => 0.5,
  );
  const call = async () => {
    if (left.length > 0) {
      throw left.shift();
    }
    return 'done';
  };
  const outcome = await withRetry(call, settings, undefined).catch((error: unknown) => error);
  return { outcome, waits };
}

const network = new FalconError('NETWORK', 'x');

describe('withRetry', () => {
  it('doubles the delay with each attempt, with jitter, up to the longest', async () => {
    const policy = { attempts: 6, minDelay: 1000, maxDelay: 5000 };
    expect(await run([network, network, network, network, network], policy)).toEqual({
      outcome: 'done',
      waits: [750, 1500, 3000, 3750, 3750],
    });
  });

  it('gives the last error when the attempts are used up', async () => {
    const last = new FalconError('UNAVAILABLE', 'y');
    expect(await run([network, last, network], { attempts: 2 })).toEqual({ outcome: last, waits: [750] });
  });

  it('does not repeat what cannot succeed', async () => {
    const error = new FalconError('REQUEST_REJECTED', 'x');
    expect(await run([error])).toEqual({ outcome: error, waits: [] });
    const foreign = new TypeError('x');
    expect(await run([foreign])).toEqual({ outcome: foreign, waits: [] });
  });

  it('waits at least as long as the cloud asks', async () => {
    const { waits } = await run([new FalconError('RATE_LIMITED', 'x', { retryAfter: 20_000 })]);
    expect(waits).toEqual([20_187.5]);
  });

  it('throws at once where the cloud asks for more patience than allowed', async () => {
    const error = new FalconError('RATE_LIMITED', 'x', { retryAfter: 61_000 });
    expect(await run([error], { maxRetryAfter: 60_000 })).toEqual({ outcome: error, waits: [] });
  });

  it('ends its waiting with the reason of an abort', async () => {
    const controller = new AbortController();
    const fail = async () => {
      setImmediate(() => controller.abort(new Error('enough')));
      throw network;
    };
    await expect(withRetry(fail, retrySettings({ minDelay: 60_000 }), controller.signal)).rejects.toThrow('enough');
  });

  it.each([{ attempts: 0 }, { attempts: 1.5 }, { minDelay: -1 }, { maxDelay: Number.NaN }])('refuses %j', (policy) => {
    expect(() => retrySettings(policy)).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
  });
});
