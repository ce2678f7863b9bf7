import { describe, expect, it } from 'vitest';
import { RegistryError } from '../error.ts';
import { retryPolicy } from '../transport/retry.ts';
import { askPatiently, usualWaits } from './ask-patiently.ts';
import type { CloudRequest, CloudResponse } from './cloud-http.ts';

const request: CloudRequest = { method: 'GET', url: new URL('https://sts.example/a?secret') };
const broken = new RegistryError('NETWORK', 'it broke', { retryable: true });

/** A service that answers with these, one after the other. */
function service(...outcomes: (Partial<CloudResponse> | Error)[]) {
  const waits: number[] = [];
  const asked: CloudRequest[] = [];
  let now = 0;
  const http = async (next: CloudRequest): Promise<CloudResponse> => {
    asked.push(next);
    const outcome = outcomes.shift();
    if (outcome instanceof Error) throw outcome;
    return { status: 200, headers: {}, body: '', ...outcome };
  };
  const sleep = async (ms: number): Promise<void> => {
    waits.push(ms);
    now += ms;
  };
  return { context: { http, now: () => now, retry: retryPolicy({ sleep, random: () => 1 }) }, waits, asked };
}

describe('askPatiently', () => {
  it('asks again where the service is busy or the connection breaks, and says when it asked last', async () => {
    const { context, waits } = service(broken, { status: 503, headers: { 'retry-after': '9' } }, { status: 404 });
    expect(await askPatiently(context, request)).toMatchObject({
      status: 404,
      what: 'GET sts.example/a',
      asked: 9500,
      retryAfter: undefined,
    });
    expect(waits).toEqual([500, 9000]);
  });

  it('gives up after three times, with the answer or the error of the last', async () => {
    expect(await askPatiently(service(broken, broken, { status: 503 }).context, request)).toMatchObject({
      status: 503,
    });
    await expect(askPatiently(service({ status: 503 }, broken, broken).context, request)).rejects.toBe(broken);
  });

  it('does not ask again after an error that stays', async () => {
    const error = new RegistryError('TLS', 'untrusted');
    const { context, asked } = service(error);
    await expect(askPatiently(context, request)).rejects.toBe(error);
    expect(asked).toHaveLength(1);
  });

  it('makes each request anew where it is told how, and waits as it is told', async () => {
    const { context, waits, asked } = service({ status: 400 }, { status: 400 }, {});
    let count = 0;
    const make = (): CloudRequest => {
      count += 1;
      return { ...request, body: String(count) };
    };
    await askPatiently(context, make, ({ answer }) => (answer?.status === 400 ? 7 : undefined));
    expect(asked.map(({ body }) => body)).toEqual(['1', '2', '3']);
    expect(waits).toEqual([7, 7]);
  });

  it('tells by more than the status whether to wait', async () => {
    const { context, waits } = service({ status: 400, body: 'throttled' }, {});
    const waitAfter = usualWaits(context, ({ body }) => body === 'throttled');
    expect(await askPatiently(context, request, waitAfter)).toMatchObject({ status: 200 });
    expect(waits).toEqual([500]);
  });

  it('rejects with the reason of the signal, while it asks and while it waits', async () => {
    for (const outcome of [broken, { status: 503, headers: { 'retry-after': '20' } }]) {
      const controller = new AbortController();
      const { context } = service(outcome);
      const work = askPatiently({ ...context, retry: retryPolicy() }, { ...request, signal: controller.signal });
      controller.abort('enough');
      await expect(work).rejects.toBe('enough');
    }
  });
});
