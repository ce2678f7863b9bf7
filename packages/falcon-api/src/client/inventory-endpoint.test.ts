import { inspect } from 'node:util';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import type { InventoryScanRequest } from '../wire/inventory-scan-request.ts';
import { bodyShape, sampleOf } from '../wire/schema-shape.test-support.ts';
import { calls, failure, setUp } from './client.test-support.ts';
import { FalconClient } from './falcon-client.ts';

const inventory = minimalInventoryScanRequest();

describe('inventory.upload', () => {
  it('delivers the inventory to the upload host', async () => {
    const setup = await setUp({}, { userAgent: 'agent/1.2' });
    const receipt = await setup.client.inventory.upload(inventory);
    expect(setup.cloud.inventories).toEqual([inventory]);
    const recorded = setup.cloud.requests.at(-1)!;
    expect(recorded).toMatchObject({
      host: 'upload',
      method: 'POST',
      path: '/image-assessment/entities/image-inventory/v1',
      headers: { 'content-type': 'application/json', 'user-agent': 'agent/1.2' },
    });
    expect(receipt).toEqual({
      url: `${setup.cloud.uploadUrl}/image-assessment/entities/image-inventory/v1`,
      host: 'upload',
      traceId: recorded.traceId,
      bytes: Buffer.byteLength(JSON.stringify(inventory)),
      sentBytes: Buffer.byteLength(JSON.stringify(inventory)),
      encoding: 'identity',
      shed: [],
    });
  });

  it('delivers an inventory of many megabytes', async () => {
    const { cloud, client } = await setUp({ gzip: 'accepted' });
    const paths = Array.from({ length: 200_000 }, (_, index) => `/usr/share/ünïcode/${index}`);
    const large = { ...inventory, inventory: { ...inventory.inventory, whiteout_files: paths } };
    const { bytes, sentBytes, encoding } = await client.inventory.upload(large);
    expect(bytes).toBeGreaterThan(5_000_000);
    expect([encoding, sentBytes < bytes / 5]).toEqual(['gzip', true]);
    expect(cloud.inventories[0]!.inventory.whiteout_files).toHaveLength(200_000);
  });

  it.each(['unsupported', 'refused'] as const)('loses no inventory to a cloud that finds gzip %s', async (gzip) => {
    const { cloud, client } = await setUp({ gzip });
    const large = { ...inventory, original_image_name: 'x'.repeat(20_000) };
    expect(await client.inventory.upload(large)).toMatchObject({ encoding: 'identity', shed: [] });
    expect(cloud.inventories).toEqual([large]);
  });

  it('leaves out optional parts for a cloud that takes no more, and says which', async () => {
    const { cloud, client } = await setUp({ maxBody: 10_000 });
    const whiteout_files = Array.from({ length: 1000 }, (_, index) => `/usr/share/doc/${index}`);
    const large = { ...inventory, inventory: { ...inventory.inventory, whiteout_files } };
    const { shed } = await client.inventory.upload(large);
    expect(shed).toMatchObject([{ part: 'whiteout_files', entries: 1000 }]);
    expect(cloud.inventories).toEqual([inventory]);
  });

  it('delivers the sample body of the public SDK', async () => {
    const { cloud, client } = await setUp();
    const sample = sampleOf(bodyShape) as InventoryScanRequest;
    await client.inventory.upload(sample);
    expect(cloud.inventories).toEqual([sample]);
  });

  it('tries again what fails for a passing reason, with growing delays', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 503, times: 2 } } });
    await setup.client.inventory.upload(inventory);
    expect(calls(setup)).toEqual([
      ['upload', 503],
      ['upload', 503],
      ['upload', 200],
    ]);
    expect(setup.waits).toEqual([500, 1000]);
  });

  it.each(['seconds', 'milliseconds'] as const)('waits after a 429 as long as told, in %s', async (unit) => {
    const setup = await setUp({ faults: { rateLimit: { unit, wait: 9_000, times: 1 } } });
    await setup.client.inventory.upload(inventory);
    expect(calls(setup)).toEqual([
      ['upload', 429],
      ['upload', 200],
    ]);
    expect(setup.waits).toEqual([9_125]);
  });

  it('gets a new token after a 401, once', async () => {
    const setup = await setUp();
    await setup.client.inventory.probe();
    setup.cloud.revokeTokens();
    await setup.client.inventory.upload(inventory);
    expect(setup.cloud.requests.map(({ path, answer }) => [path.split('/').at(-2), answer])).toEqual([
      ['oauth2', 201],
      ['image-inventory', 200],
      ['image-inventory', 401],
      ['oauth2', 201],
      ['image-inventory', 200],
    ]);
  });

  it('gives up when the new token is refused, too', async () => {
    const faults = { uploadInventory: { answer: 401 }, apiInventory: { answer: 401 } };
    const setup = await setUp({ faults });
    expect(await failure(setup.client.inventory.upload(inventory))).toMatchObject({
      code: 'UNAUTHENTICATED',
      retryable: false,
    });
    expect(calls(setup)).toEqual([
      ['upload', 401],
      ['upload', 401],
      ['api', 401],
      ['api', 401],
    ]);
  });

  it('names the scope that is missing', async () => {
    const { cloud, client } = await setUp({ scopes: ['falcon-container-cli:read'] });
    const error = await failure(client.inventory.upload(inventory));
    expect(error).toMatchObject({ code: 'FORBIDDEN', status: 403, retryable: false });
    expect(error.hint).toContain('falcon-container-cli:write');
    expect(error.message).toContain('(403: access denied, authorization failed)');
    expect(error.traceId).toBe(cloud.requests.at(-1)!.traceId);
  });

  it('tells what the published schema says of a body the cloud refuses without a word', async () => {
    const { client } = await setUp();
    const wrong = { ...inventory, agent_uuid: 7 } as unknown as InventoryScanRequest;
    const error = await failure(client.inventory.upload(wrong));
    expect(error).toMatchObject({
      code: 'PAYLOAD_REJECTED',
      status: 400,
      retryable: false,
      problems: ['agent_uuid: expected string, received number'],
    });
    expect(error.message).toMatch(/the cloud answered 400; by the published schema, agent_uuid: expected string/);
  });

  it('leaves a refusal as it is where the schema has no objection', async () => {
    const { client } = await setUp({ faults: { uploadInventory: { answer: 400 } } });
    const error = await failure(client.inventory.upload(inventory));
    expect(error.message).toMatch(/the cloud answered 400$/);
    expect(error.problems).toBeUndefined();
  });

  it.each([
    [302, 'REDIRECT_REFUSED'],
    [408, 'TIMEOUT'],
    [413, 'PAYLOAD_REJECTED'],
    [422, 'PAYLOAD_REJECTED'],
  ])('explains a %i as %s', async (answer, code) => {
    const faults = { uploadInventory: { answer }, apiInventory: { answer } };
    const { client } = await setUp({ faults }, { retry: { attempts: 1 } });
    expect((await failure(client.inventory.upload(inventory))).code).toBe(code);
  });
});

describe('aborting an upload', () => {
  it('rejects with the reason and closes the connection', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 'hang' } } });
    const controller = new AbortController();
    const reason = new Error('shutting down');
    const upload = setup.client.inventory.upload(inventory, { signal: controller.signal });
    await expect.poll(() => calls(setup)).toHaveLength(1);
    controller.abort(reason);
    await expect(upload).rejects.toBe(reason);
    await expect.poll(() => setup.cloud.connections.upload).toBe(0);
    expect(calls(setup)).toEqual([['upload', 'hang']]);
  });

  it('ends the wait between attempts', async () => {
    const controller = new AbortController();
    const setup = await setUp(
      { faults: { uploadInventory: { answer: 500 } } },
      { retry: { minDelay: 60_000, maxDelay: 60_000 } },
    );
    const client = new FalconClient({
      apiUrl: setup.cloud.apiUrl,
      uploadUrl: setup.cloud.uploadUrl,
      credentials: setup.cloud,
      retry: { minDelay: 60_000, maxDelay: 60_000 },
    });
    onTestFinished(() => client.close());
    const upload = client.inventory.upload(inventory, { signal: controller.signal });
    await expect.poll(() => calls(setup)).toHaveLength(1);
    controller.abort('enough');
    await expect(upload).rejects.toBe('enough');
  });

  it('before it starts sends nothing', async () => {
    const { cloud, client } = await setUp();
    await expect(client.inventory.upload(inventory, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await expect(client.inventory.probe({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(cloud.requests).toEqual([]);
  });
});

describe('inventory.probe', () => {
  it('asks with HEAD and tells the rate limit', async () => {
    const { cloud, client } = await setUp();
    expect(await client.inventory.probe()).toMatchObject({ host: 'upload', rateLimit: 6000, rateLimitRemaining: 5998 });
    expect(cloud.requests.at(-1)).toMatchObject({ method: 'HEAD', headers: { 'content-type': 'application/json' } });
    expect(cloud.inventories).toEqual([]);
  });

  it('gives what it found for a minute, and asks anew when told to', async () => {
    const setup = await setUp({ gzip: 'accepted' });
    const first = await setup.client.inventory.probe();
    expect(first).toMatchObject({ acceptEncoding: 'gzip', at: setup.clock.now });
    setup.clock.now += 59_999;
    expect(await setup.client.inventory.probe()).toBe(first);
    expect(await setup.client.inventory.probe({ maxAge: 0 })).not.toBe(first);
    setup.clock.now += 60_000;
    await setup.client.inventory.probe();
    expect(calls(setup)).toHaveLength(3);
  });

  it('forgets what it found when it fails', async () => {
    const setup = await setUp();
    await setup.client.inventory.probe();
    setup.cloud.scopes.clear();
    setup.clock.now += 60_000;
    expect((await failure(setup.client.inventory.probe())).code).toBe('FORBIDDEN');
    setup.clock.now -= 60_000;
    expect((await failure(setup.client.inventory.probe())).code).toBe('FORBIDDEN');
  });

  it('tells of both hosts when neither answers', async () => {
    const faults = { uploadInventory: { answer: 'reset' }, apiInventory: { answer: 503 } } as const;
    const { client } = await setUp({ faults }, { retry: { attempts: 1 } });
    expect((await failure(client.inventory.probe())).message).toMatch(/HEAD .*neither host.*NETWORK.*UNAVAILABLE/);
  });

  it('switches hosts as an upload does, by its own failures', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 404, method: 'HEAD' } } });
    expect((await setup.client.inventory.probe()).host).toBe('api');
  });

  it('names the scope that is missing', async () => {
    const { client } = await setUp({ scopes: [] });
    expect((await failure(client.inventory.probe())).hint).toContain('falcon-container-cli:read');
  });
});

describe('closing', () => {
  it('ends what runs, refuses what comes, and frees the connections', async () => {
    const setup = await setUp({ faults: { uploadInventory: { answer: 'hang' } } });
    const upload = failure(setup.client.inventory.upload(inventory));
    await expect.poll(() => calls(setup)).toHaveLength(1);
    await setup.client.close();
    await setup.client.close();
    expect((await upload).code).toBe('CLOSED');
    expect((await failure(setup.client.ccid())).code).toBe('CLOSED');
    await expect.poll(() => setup.cloud.connections).toEqual({ api: 0, upload: 0, 'other-region': 0 });
  });

  it('leaves a dispatcher that is not its own open', async () => {
    const dispatcher = new Agent();
    const { client } = await setUp({}, { dispatcher });
    await client.inventory.upload(inventory);
    await client.close();
    expect(dispatcher.destroyed).toBe(false);
    await dispatcher.close();
  });
});

describe('secrets', () => {
  it('show in no error and not in the client', async () => {
    const { cloud, client } = await setUp({ scopes: [] }, { retry: { attempts: 1 } });
    const errors: unknown[] = [await failure(client.inventory.upload(inventory)), await failure(client.ccid())];
    cloud.faults.uploadInventory = { answer: 'reset' };
    cloud.faults.apiInventory = { answer: 'reset' };
    errors.push(await failure(client.inventory.upload(inventory)));
    const shown = inspect([client, errors], { depth: 30, showHidden: true });
    expect(shown).not.toContain(cloud.clientSecret);
    expect(shown).not.toMatch(/Bearer|eyJ/);
  });
});
