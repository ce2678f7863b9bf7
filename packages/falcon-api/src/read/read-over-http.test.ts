import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failure, setUp } from '../client/client.test-support.ts';
import type { FalconClient } from '../client/falcon-client.ts';
import { streamExchange } from '../http/stream-exchange.ts';
import type { DoubleRoute } from '../testing/double-route.ts';
import type { FalconCloudDoubleOptions } from '../testing/falcon-cloud-options.ts';
import { collect } from './read-desk.test-support.ts';
import { shopDigest, shopFindings, shopImage } from './stored-images.test-support.ts';

/** A cloud to which some images were uploaded through its upload host. */
async function withImages(count: number, options: FalconCloudDoubleOptions = {}) {
  const setup = await setUp({ read: { ...shopFindings, maxPage: 2 }, ...options }, oneConnection());
  for (let image = 0; image < count; image += 1) {
    await setup.client.inventory.upload(shopImage(image));
  }
  const paths = () => setup.cloud.requests.map(({ method, path }) => `${method} ${path}`);
  return { ...setup, paths };
}

/** A dispatcher with one connection per host: a call that kept it would keep all others waiting. */
function oneConnection() {
  const dispatcher = new Agent({ connections: 1 });
  onTestFinished(() => dispatcher.destroy());
  return { dispatcher };
}

const listPath = 'GET /container-security/combined/image-assessment/images/v1';

/** A file of 8 MiB in place of the export's. */
const largeFile: DoubleRoute = {
  ...{ method: 'GET', path: '/container-security/entities/exports/files/v1', scope: 'falcon-container-image:read' },
  answer: () => ({ status: 200, content: { type: 'application/octet-stream', bytes: Buffer.alloc(8 * 1024 ** 2, 7) } }),
};

describe('what was uploaded', () => {
  it('is read back', async () => {
    const { client } = await withImages(5);
    expect(await collect(client.images.list({ pageSize: 3 }))).toHaveLength(5);
    const report = await client.reports.byReference({ digest: shopDigest });
    expect(report.Packages).toMatchObject(shopImage().inventory.Packages);
  });
});

describe('a walk', () => {
  it('goes on over a revoked token and a rate limit', async () => {
    const { cloud, client, waits } = await withImages(5);
    const tags: (string | undefined)[] = [];
    for await (const { tag } of client.images.list()) {
      tags.push(tag);
      if (tags.length === 2) {
        cloud.revokeTokens();
        cloud.faults.apiOther = { answer: 503, times: 1 };
      }
    }
    expect(tags).toEqual(['1.2', '1.1', '1.2', '1.3', '1.4']);
    expect(waits).not.toEqual([]);
  });

  it('that is left early makes no further call and leaves its connection usable', async () => {
    const { cloud, client, paths } = await withImages(5);
    for await (const _ of client.images.list()) {
      break;
    }
    await client.images.count();
    expect(paths().filter((path) => path === listPath)).toHaveLength(1);
    expect(cloud.connections.api).toBe(1);
  });

  it('ends with CLOSED when the client is closed', async () => {
    const { client } = await withImages(3);
    const walk = async () => {
      for await (const _ of client.images.list()) {
        await client.close();
      }
    };
    expect((await failure(walk())).code).toBe('CLOSED');
  });
});

/** One call of every kind, with the scope it needs. */
const calls: readonly (readonly [string, string, (client: FalconClient) => Promise<unknown>])[] = [
  [
    'images.list',
    'falcon-container-image:read',
    ({ images }) => collect(images.list({ filter: "tag:'quoted-by-nobody'" })),
  ],
  ['images.count', 'falcon-container-image:read', ({ images }) => images.count({ filter: "tag:'quoted-by-nobody'" })],
  ['packages.list', 'falcon-container-image:read', ({ packages }) => collect(packages.list())],
  ['vulnerabilities.list', 'falcon-container-image:read', ({ vulnerabilities }) => collect(vulnerabilities.list())],
  [
    'vulnerabilities.lookUp',
    'falcon-container-cli:write',
    ({ vulnerabilities }) => vulnerabilities.lookUp({ osversion: '', packages: [] }),
  ],
  ['detections.ids', 'falcon-container-image:read', ({ detections }) => collect(detections.ids())],
  ['containers.images', 'falcon-container-image:read', ({ containers }) => collect(containers.images())],
  ['reports.byScanId', 'falcon-container-image:read', ({ reports }) => reports.byScanId('quoted-by-nobody')],
  [
    'policyChecks.check',
    'falcon-container-image:read',
    ({ policyChecks }) => policyChecks.check({ repository: 'a', tag: 'b' }),
  ],
  ['baseImages.list', 'falcon-container-image:read', ({ baseImages }) => collect(baseImages.list())],
  ['baseImages.create', 'falcon-container-image:write', ({ baseImages }) => baseImages.create([{ tag: 'a' }])],
  ['baseImages.delete', 'falcon-container-image:write', ({ baseImages }) => baseImages.delete(['quoted-by-nobody'])],
  ['registries.list', 'falcon-container-image:read', ({ registries }) => collect(registries.list())],
  [
    'registries.create',
    'falcon-container-image:write',
    ({ registries }) =>
      registries.create({ type: 'a', url: 'b', credential: { details: { password: 'quoted-by-nobody' } } }),
  ],
  ['registries.update', 'falcon-container-image:write', ({ registries }) => registries.update('a', {})],
  ['registries.delete', 'falcon-container-image:write', ({ registries }) => registries.delete(['a'])],
  ['exports.launch', 'falcon-container-image:read', ({ exports }) => exports.launch({ resource: 'a', format: 'csv' })],
  ['exports.status', 'falcon-container-image:read', ({ exports }) => exports.status(['a'])],
  ['exports.download', 'falcon-container-image:read', ({ exports }) => collect(exports.download('quoted-by-nobody'))],
  ['policies.list', 'falcon-container-image:read', ({ policies }) => policies.list()],
  ['policies.create', 'falcon-container-image:write', ({ policies }) => policies.create({ name: 'a' })],
];

describe('a missing scope', () => {
  it.each(calls)('is named where %s needs it: %s', async (_, scope, call) => {
    const { cloud, client } = await setUp();
    cloud.scopes.delete(scope);
    const error = await failure(call(client));
    expect(error).toMatchObject({ code: 'FORBIDDEN', scope, status: 403, traceId: expect.any(String) });
    expect(error.hint).toContain(scope);
    if (!error.url?.includes('/reports/')) {
      expect(`${error.message} ${error.url}`).not.toContain('quoted-by-nobody');
    }
  });
});

describe('a call that makes something', () => {
  it('is not repeated when the connection breaks, where one that reads is', async () => {
    const { cloud, client, paths } = await withImages(0);
    cloud.faults.apiOther = { answer: 'reset', times: 1 };
    expect((await failure(client.baseImages.create([{ tag: 'a' }]))).code).toBe('NETWORK');
    expect(paths().filter((path) => path.startsWith('POST /container-security'))).toHaveLength(1);
    cloud.faults.apiOther = { answer: 'reset', times: 1 };
    expect(await collect(client.baseImages.list())).toEqual([]);
  });

  it('is repeated after a 429 that names a time', async () => {
    const { cloud, client, waits } = await setUp();
    cloud.faults.rateLimit = { on: 'other', unit: 'seconds', wait: 1000, times: 1 };
    await expect(client.baseImages.create([{ tag: 'a' }])).resolves.toHaveLength(1);
    expect(waits.length).toBeGreaterThan(0);
  });
});

describe('a limit in bytes', () => {
  it('holds for a report', async () => {
    const { client } = await withImages(1);
    const report = client.reports.byReference({ digest: shopDigest }, { maxBytes: 100 });
    expect((await failure(report)).code).toBe('RESPONSE_TOO_LARGE');
  });
});

describe('a download', () => {
  it('gives the whole file in pieces', async () => {
    const { client } = await setUp({ routes: () => [largeFile] });
    const pieces = await collect(client.exports.download('a'));
    expect(pieces.length).toBeGreaterThan(10);
    expect(Buffer.concat(pieces).equals(Buffer.alloc(8 * 1024 ** 2, 7))).toBe(true);
  });

  it('that is left early closes its connection, and the client works on', async () => {
    const { cloud, client } = await setUp({ routes: () => [largeFile] }, oneConnection());
    for await (const _ of client.exports.download('a')) {
      break;
    }
    await vi.waitFor(() => expect(cloud.connections.api).toBe(0));
    expect(await client.images.count()).toBe(0);
  });

  it('stops at its limit', async () => {
    const { cloud, client } = await setUp({ routes: () => [largeFile] }, oneConnection());
    const error = await failure(collect(client.exports.download('a', { maxBytes: 1024 ** 2 })));
    expect(error).toMatchObject({ code: 'RESPONSE_TOO_LARGE', retryable: false });
    await vi.waitFor(() => expect(cloud.connections.api).toBe(0));
  });

  it('rejects with the reason of an abort', async () => {
    const { client } = await setUp({ routes: () => [largeFile] });
    const controller = new AbortController();
    const reason = new Error('enough');
    const loop = async () => {
      for await (const _ of client.exports.download('a', { signal: controller.signal })) {
        controller.abort(reason);
      }
    };
    await expect(loop()).rejects.toBe(reason);
  });

  it('that is cut off is no whole file', async () => {
    const { cloud, client } = await setUp({ routes: () => [largeFile] });
    cloud.faults.apiOther = { answer: 'truncated', times: 1 };
    expect((await failure(collect(client.exports.download('a')))).code).toBe('NETWORK');
  });

  it('is tried again as long as no byte has come', async () => {
    const { cloud, client } = await setUp({ routes: () => [largeFile] });
    cloud.faults.apiOther = { answer: 503, times: 1 };
    expect(Buffer.concat(await collect(client.exports.download('a')))).toHaveLength(8 * 1024 ** 2);
  });
});

describe('a body that stops coming', () => {
  it('is given up after the timeout of the call', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': '10' }).write('12345');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stream } = await streamExchange({ method: 'GET', url, headers: {}, timeout: 200, maxBytes: 100 });
    expect((await failure(collect(stream))).code).toBe('TIMEOUT');
  });

  it('is not waited for where not even its head comes', async () => {
    const { cloud, client } = await setUp({}, { timeouts: { request: 200 }, retry: { attempts: 1 } });
    cloud.faults.apiOther = { answer: 'hang' };
    expect((await failure(collect(client.exports.download('a')))).code).toBe('TIMEOUT');
  });
});
