import { describe, expect, it, onTestFinished } from 'vitest';
import { createFalconCloud } from '../testing/create-falcon-cloud.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { calls, failure, setUp } from './client.test-support.ts';
import { FalconClient } from './falcon-client.ts';

const inventory = minimalInventoryScanRequest();

describe('the two hosts of an upload', () => {
  it.each([503, 'reset'] as const)('switches to the API host when the upload host keeps giving %s', async (answer) => {
    const setup = await setUp({ faults: { uploadInventory: { answer } } }, { retry: { attempts: 2 } });
    const receipt = await setup.client.inventory.upload(inventory);
    expect(receipt).toMatchObject({ host: 'api', url: expect.stringContaining(setup.cloud.apiUrl) });
    expect(calls(setup)).toEqual([
      ['upload', answer],
      ['upload', answer],
      ['api', 200],
    ]);
  });

  it('switches at once where the upload host does not serve the path', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 404 } } });
    await setup.client.inventory.upload(inventory);
    expect(calls(setup)).toEqual([
      ['upload', 404],
      ['api', 200],
    ]);
  });

  it('stays with the API host for five minutes, then asks the upload host again', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 404 } } });
    await setup.client.inventory.upload(inventory);
    delete setup.cloud.faults.uploadInventory;
    setup.clock.now += 299_999;
    await setup.client.inventory.upload(inventory);
    setup.clock.now += 1;
    await setup.client.inventory.upload(inventory);
    expect(calls(setup)).toEqual([
      ['upload', 404],
      ['api', 200],
      ['api', 200],
      ['upload', 200],
    ]);
  });

  it('goes back to the upload host when the API host fails meanwhile', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 404, times: 1 } } });
    await setup.client.inventory.upload(inventory);
    setup.cloud.faults.apiInventory = { answer: 404 };
    await setup.client.inventory.upload(inventory);
    await setup.client.inventory.upload(inventory);
    expect(calls(setup)).toEqual([
      ['upload', 404],
      ['api', 200],
      ['api', 404],
      ['upload', 200],
      ['upload', 200],
    ]);
  });

  it('tells of both hosts when both fail', async () => {
    const setup = await setUp(
      { faults: { uploadInventory: { answer: 'reset' }, apiInventory: { answer: 502 } } },
      { retry: { attempts: 1 } },
    );
    const error = await failure(setup.client.inventory.upload(inventory));
    expect(error).toMatchObject({ code: 'SERVER_ERROR', retryable: true, status: 502 });
    expect(error.message).toContain(`[NETWORK] POST ${setup.cloud.uploadUrl}`);
    expect(error.message).toContain(`[SERVER_ERROR] POST ${setup.cloud.apiUrl}`);
    expect((error.cause as AggregateError).errors).toMatchObject([{ code: 'NETWORK' }, { code: 'SERVER_ERROR' }]);
  });

  it('does not switch hosts because of the token endpoint', async () => {
    const setup = await setUp({ faults: { token: { answer: 500 } } }, { retry: { attempts: 2 } });
    expect((await failure(setup.client.inventory.upload(inventory))).url).toBe(`${setup.cloud.apiUrl}/oauth2/token`);
    expect(setup.cloud.requests).toHaveLength(2);
  });

  it('asks one host once where both are the same', async () => {
    const cloud = await createFalconCloud({ faults: { apiInventory: { answer: 404 } } });
    onTestFinished(() => cloud.close());
    const client = new FalconClient({ apiUrl: cloud.apiUrl, uploadUrl: cloud.apiUrl, credentials: cloud });
    onTestFinished(() => client.close());
    expect((await failure(client.inventory.upload(inventory))).code).toBe('NOT_FOUND');
    expect(cloud.requests).toHaveLength(2);
  });

  it('does not switch hosts because of a rate limit, which is the client’s and not the host’s', async () => {
    const setup = await setUp({ faults: { rateLimit: { unit: 'seconds', wait: 600_000 } } });
    expect(await failure(setup.client.inventory.upload(inventory))).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfter: 600_000,
    });
    expect(calls(setup)).toEqual([['upload', 429]]);
  });

  it('gives up a host that says nothing', async () => {
    const setup = await setUp(
      { faults: { uploadInventory: { answer: 'hang' } } },
      { retry: { attempts: 1 }, timeouts: { upload: 30 } },
    );
    expect((await setup.client.inventory.upload(inventory)).host).toBe('api');
    await expect.poll(() => setup.cloud.connections.upload).toBe(0);
  });
});
