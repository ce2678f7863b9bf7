import { describe, expect, it, onTestFinished } from 'vitest';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { calls, failure, setUp } from './client.test-support.ts';
import { FalconClient } from './falcon-client.ts';

const inventory = minimalInventoryScanRequest();

describe('the two hosts of an upload', () => {
  it.each([503, 'reset'] as const)('are changed when the upload host keeps giving %s', async (answer) => {
    const setup = await setUp({ faults: { uploadInventory: { answer } } });
    const receipt = await setup.client.inventory.upload(inventory);
    expect(receipt).toMatchObject({ host: 'api', url: expect.stringContaining(setup.cloud.apiUrl) });
    expect(calls(setup).map(([host]) => host)).toEqual(['upload', 'upload', 'upload', 'api']);
  });

  it('are both told of when both fail', async () => {
    const setup = await setUp(
      { faults: { uploadInventory: { answer: 'reset' }, apiInventory: { answer: 502 } } },
      { retry: { attempts: 1 } },
    );
    const error = await failure(setup.client.inventory.upload(inventory));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true, status: 502 });
    expect(error.message).toContain(`[NETWORK] POST ${setup.cloud.uploadUrl}`);
    expect(error.message).toContain(`[UNAVAILABLE] POST ${setup.cloud.apiUrl}`);
    expect((error.cause as AggregateError).errors).toMatchObject([{ code: 'NETWORK' }, { code: 'UNAVAILABLE' }]);
  });

  it('are not changed because of the token endpoint', async () => {
    const setup = await setUp({ faults: { token: { answer: 500 } } }, { retry: { attempts: 2 } });
    expect((await failure(setup.client.inventory.upload(inventory))).url).toBe(`${setup.cloud.apiUrl}/oauth2/token`);
    expect(setup.cloud.requests).toHaveLength(2);
  });

  it('are not changed because of a rate limit, which is the client’s and not the host’s', async () => {
    const setup = await setUp({ faults: { rateLimit: { unit: 'seconds', wait: 600_000 } } });
    expect(await failure(setup.client.inventory.upload(inventory))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter: 600_000,
    });
    expect(calls(setup)).toEqual([['upload', 429]]);
  });

  it('are asked once where both are the same', async () => {
    const setup = await setUp({ faults: { apiInventory: { answer: 404 } } });
    const { apiUrl } = setup.cloud;
    const client = new FalconClient({ apiUrl, uploadUrl: apiUrl, credentials: setup.cloud });
    onTestFinished(() => client.close());
    expect((await failure(client.inventory.upload(inventory))).code).toBe('NOT_FOUND');
    expect(calls(setup)).toEqual([['api', 404]]);
  });

  it('are left when they say nothing', async () => {
    const setup = await setUp(
      { faults: { uploadInventory: { answer: 'hang' } } },
      { retry: { attempts: 1 }, timeouts: { upload: 30 } },
    );
    expect((await setup.client.inventory.upload(inventory)).host).toBe('api');
    await expect.poll(() => setup.cloud.connections.upload).toBe(0);
  });
});

describe('options of uploads', () => {
  it.each([0, -1, Number.NaN])('take no maxBody of %d', async (maxBody) => {
    const { cloud } = await setUp();
    const options = { apiUrl: cloud.apiUrl, uploadUrl: cloud.uploadUrl, credentials: cloud, inventory: { maxBody } };
    expect(() => new FalconClient(options)).toThrow('[OPTIONS_INVALID] inventory.maxBody');
  });
});
