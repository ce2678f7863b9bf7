import { inspect } from 'node:util';
import { MockAgent } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { createTokenSource } from '../auth/create-token-source.ts';
import { resolveCloud } from '../cloud/resolve-cloud.ts';
import { createFalconCloud, type FalconCloudDouble } from '../testing/create-falcon-cloud.ts';
import type { FalconCloudDoubleOptions } from '../testing/falcon-cloud-options.ts';
import { type HostReaction, startHost } from '../testing/host-server.ts';
import { minimalInventoryScanRequest } from '../testing/minimal-request.ts';
import { FalconClient, type FalconClientOptions } from './falcon-client.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) {
    await each.close();
  }
});

async function setUp(
  options: FalconCloudDoubleOptions = {},
): Promise<{ cloud: FalconCloudDouble; client: FalconClient }> {
  const cloud = await createFalconCloud(options);
  const client = new FalconClient({
    apiUrl: cloud.apiUrl,
    uploadUrl: cloud.uploadUrl,
    credentials: cloud,
    retry: { attempts: 1 },
  });
  open.push(cloud, client);
  return { cloud, client };
}

/** A client of an API host that gives tokens and one answer to everything else. */
async function clientOf(reaction: HostReaction): Promise<FalconClient> {
  const host = await startHost(
    async ({ path }) =>
      path === '/oauth2/token' ? { status: 201, json: { access_token: 'tok', expires_in: 60 } } : reaction,
    1024,
  );
  const client = new FalconClient({
    apiUrl: host.url,
    uploadUrl: host.url,
    credentials: { clientId: 'a', clientSecret: 'b' },
    retry: { attempts: 1 },
  });
  open.push(host, client);
  return client;
}

const cid = '0123456789ABCDEF0123456789ABCDEF-12';

describe('ccid', () => {
  it('gives the customer id with checksum', async () => {
    const { client } = await setUp({ ccid: cid });
    expect(await client.ccid()).toBe(cid);
  });

  it('names the scope that is missing', async () => {
    const { client } = await setUp({ scopes: [] });
    await expect(client.ccid()).rejects.toMatchObject({
      code: 'FORBIDDEN',
      hint: expect.stringContaining('sensor-installers:read'),
    });
  });

  it.each([{ resources: [] }, { resources: [cid, cid] }, { resources: ['0123'] }, { resources: null }, {}, 'text'])(
    'refuses the answer %j',
    async (json) => {
      const client = await clientOf({ status: 200, json });
      await expect(client.ccid()).rejects.toMatchObject({ code: 'RESPONSE_INVALID', retryable: false, status: 200 });
    },
  );

  it('refuses an answer that is no JSON, and one that does not end', async () => {
    await expect((await clientOf({ status: 200 })).ccid()).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
    const endless = await clientOf({ status: 200, json: 'x'.repeat(1024 * 1024) });
    await expect(endless.ccid()).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });

  it('reads a bare error as well as an envelope', async () => {
    const client = await clientOf({ status: 400, json: { code: 400, id: 'x', message: 'no such thing' } });
    await expect(client.ccid()).rejects.toThrow(/the cloud answered 400 \(400: no such thing\)$/);
  });
});

describe('registryCredentials', () => {
  it('gives user, password and the registry of the region', async () => {
    const { client } = await setUp({ ccid: cid, region: 'us-gov-1' });
    const login = await client.registryCredentials();
    expect(login.username).toBe('fc-0123456789abcdef0123456789abcdef');
    expect(login.registry).toBe('registry.laggar.gcw.crowdstrike.com');
    expect(login.cloud).toBe('us-gov-1');
    expect(login.password).toMatch(/^[\w-]{32}$/);
  });

  it.each([
    ['container-security', 'fc'],
    ['snapshots', 'fs'],
    ['iac', 'fh'],
  ] as const)('asks %s for users that begin with %s, and for no customer id that is given', async (images, prefix) => {
    const { cloud, client } = await setUp();
    const { username } = await client.registryCredentials({ images, cid: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-FF' });
    expect(username).toBe(`${prefix}-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa`);
    expect(cloud.requests.map(({ path }) => path)).toEqual([
      '/oauth2/token',
      `/${images}/entities/image-registry-credentials/v1`,
    ]);
  });

  it('shows the password in neither inspect nor JSON', async () => {
    const { client } = await setUp();
    const login = await client.registryCredentials();
    expect(`${inspect(login, { showHidden: true })}${JSON.stringify(login)}`).not.toContain(login.password);
  });

  it('refuses a cid that is none, and an answer without exactly one password', async () => {
    const { client } = await setUp();
    await expect(client.registryCredentials({ cid: 'x' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    const twice = await clientOf({ status: 200, json: { resources: [{ token: 'hunter2' }, { token: 'hunter2' }] } });
    const error = await twice.registryCredentials({ cid }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'RESPONSE_INVALID' });
    expect(inspect(error)).not.toContain('hunter2');
  });

  it('rejects with the reason of an abort', async () => {
    const { client } = await setUp();
    await expect(client.registryCredentials({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await expect(client.ccid({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
  });
});

describe('FalconClient', () => {
  it('shares a token source with other clients', async () => {
    const { cloud } = await setUp();
    const tokenSource = createTokenSource({ ...cloud, apiUrl: cloud.apiUrl });
    await using one = new FalconClient({ tokenSource, uploadUrl: cloud.uploadUrl });
    await using two = new FalconClient({ tokenSource, uploadUrl: cloud.uploadUrl });
    await Promise.all([one.ccid(), two.inventory.upload(minimalInventoryScanRequest())]);
    expect(cloud.requests.filter(({ path }) => path === '/oauth2/token')).toHaveLength(1);
  });

  it('goes home to both hosts of the region that autodiscovery finds', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    const seen: string[] = [];
    const intercept = (origin: string, path: string, status: number, body: string, headers: Record<string, string>) =>
      agent
        .get(origin)
        .intercept({ path, method: 'POST' })
        .reply(
          status,
          () => {
            seen.push(`${origin}${path}`);
            return body;
          },
          { headers },
        );
    const token = '{"access_token":"tok","expires_in":1799}';
    const inventory = '/image-assessment/entities/image-inventory/v1';
    intercept('https://api.crowdstrike.com', '/oauth2/token', 308, '', { 'x-cs-region': 'eu-1' });
    intercept('https://api.eu-1.crowdstrike.com', '/oauth2/token', 201, token, { 'x-cs-region': 'eu-1' });
    intercept('https://container-upload.eu-1.crowdstrike.com', inventory, 503, '', {});
    intercept('https://api.eu-1.crowdstrike.com', inventory, 200, '', {});
    await using client = new FalconClient({
      ...resolveCloud('autodiscover'),
      credentials: { clientId: 'a', clientSecret: 'b' },
      dispatcher: agent,
      retry: { attempts: 1 },
    });
    const receipt = await client.inventory.upload(minimalInventoryScanRequest());
    expect(receipt.host).toBe('api');
    expect(seen).toEqual([
      'https://api.crowdstrike.com/oauth2/token',
      'https://api.eu-1.crowdstrike.com/oauth2/token',
      `https://container-upload.eu-1.crowdstrike.com${inventory}`,
      `https://api.eu-1.crowdstrike.com${inventory}`,
    ]);
    await agent.close();
  });

  it.each([
    [{ uploadUrl: 'container-upload.us-1.crowdstrike.com' }, 'uploadUrl: not a URL with a scheme'],
    [{ apiUrl: 'http://api.crowdstrike.com' }, 'apiUrl: plain http'],
    [{ credentials: undefined }, 'neither credentials nor tokenSource'],
    [{ retry: { attempts: 0 } }, 'retry.attempts'],
  ])('refuses %j at once', (options, what) => {
    const whole = { ...resolveCloud('us-1'), credentials: { clientId: 'a', clientSecret: 'b' }, ...options };
    const create = () => new FalconClient(whole as FalconClientOptions);
    expect(create).toThrow(expect.objectContaining({ code: 'OPTIONS_INVALID' }));
    expect(create).toThrow(what);
  });
});
