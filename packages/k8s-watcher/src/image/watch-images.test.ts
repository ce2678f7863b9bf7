import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeStreams } from '../reflect/merge-streams.ts';
import { readAll } from '../reflect/read-all.test-support.ts';
import { putPod, quickTiming, until } from '../reflect/watch.test-support.ts';
import { type ApiServer, createApiServer } from '../testing/create-api-server.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { createClusterTransport } from '../transport/create-cluster-transport.ts';
import { type WatchImagesOptions, watchImages } from './watch-images.ts';

const annotations = { 'sensor.crowdstrike.com/imageanalyzer': 'disabled' };
let server: ApiServer;
let transport: ClusterTransport;

beforeEach(async () => {
  server = await createApiServer();
  transport = createClusterTransport({ baseUrl: server.url });
});
afterEach(async () => {
  await transport.close();
  await server.close();
});

function follow(options: WatchImagesOptions = {}) {
  const controller = new AbortController();
  const events: string[] = [];
  const codes: string[] = [];
  const ended = (async () => {
    const stream = watchImages(transport, {
      timing: quickTiming(),
      signal: controller.signal,
      onError: ({ code }, { path }) => codes.push(`${code} ${path}`),
      ...options,
    });
    for await (const event of stream) {
      if (event.type === 'synced') events.push(`synced ${event.pods}`);
      else if (event.type === 'gone') events.push(`gone ${event.podName} ${event.digest[7]}`);
      else events.push(`seen ${event.context.podName} ${event.digest[7]}`);
    }
  })().catch((error: unknown) => error);
  return {
    events,
    codes,
    async stop() {
      controller.abort(new Error('enough'));
      return await ended;
    },
  };
}

describe('watchImages', () => {
  it('tells the images of pods as they come, report and go', async () => {
    putPod(server, 'a', '1');
    putPod(server, 'b', '1');
    putPod(server, 'late', '');
    const { events, stop } = follow();
    await until(() => server.watches === 2);
    putPod(server, 'late', '3');
    server.delete('pods', { name: 'a', namespace: 'shop' });
    await until(() => events.length === 5);
    expect(events).toEqual(['seen a 1', 'seen b 1', 'synced 3', 'seen late 3', 'gone a 1']);
    expect(await stop()).toEqual(new Error('enough'));
    await until(() => server.watches === 0);
  });

  it('knows annotated namespaces before it tells the first image, and follows their changes', async () => {
    server.put('namespaces', { metadata: { name: 'quiet', annotations } });
    server.fail({ verb: 'list', resource: 'namespaces', effect: 503, times: 3 });
    putPod(server, 'hidden', '1', 'quiet');
    const { events, stop } = follow();
    await until(() => server.watches === 2);
    expect(events).toEqual(['synced 1']);
    server.put('namespaces', { metadata: { name: 'quiet' } });
    await until(() => events.length === 2);
    server.put('namespaces', { metadata: { name: 'quiet', annotations } });
    await until(() => events.length === 3);
    expect(events.slice(1)).toEqual(['seen hidden 1', 'gone hidden 1']);
    await stop();
  });

  it('goes on without namespaces where they may not be read', async () => {
    server.deny('list', 'namespaces');
    putPod(server, 'a', '1');
    const { events, codes, stop } = follow();
    await until(() => events.includes('synced 1'));
    expect(events).toEqual(['seen a 1', 'synced 1']);
    expect(codes[0]).toBe('FORBIDDEN /api/v1/namespaces');
    await stop();
  });

  it('leaves out exclusions, and the pods of other nodes', async () => {
    putPod(server, 'a', '1');
    putPod(server, 'b', '2');
    server.put('pods', {
      metadata: { name: 'far', namespace: 'shop' },
      spec: { nodeName: 'node-2', containers: [{ name: 'main', image: 'far' }] },
      status: { containerStatuses: [{ name: 'main', imageID: `sha256:${'4'.repeat(64)}` }] },
    });
    const { events, stop } = follow({ nodeName: 'node-1', exclude: { images: ['registry.example/a:1'] } });
    await until(() => events.includes('synced 2'));
    expect(events).toEqual(['seen b 2', 'synced 2']);
    await stop();
  });

  it('frees all sockets when the loop is left, also one that waits', async () => {
    putPod(server, 'a', '1');
    for await (const event of watchImages(transport)) {
      if (event.type === 'synced') break;
    }
    await until(() => server.watches === 0);
    await transport.close();
    await until(() => server.connections === 0);
  });

  it('refuses exclusions before it asks anything', async () => {
    const stream = watchImages(transport, { exclude: { registries: ['https://r.io'] } });
    await expect(stream.next()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(server.requests).toEqual([]);
  });
});

describe('mergeStreams', () => {
  async function* count(values: readonly number[], onEnd: () => void, error?: Error) {
    try {
      yield* values;
      if (error) throw error;
    } finally {
      onEnd();
    }
  }

  it('ends when all have ended', async () => {
    const values = await readAll(
      mergeStreams([() => count([1, 2], () => undefined), () => count([3], () => undefined)], undefined),
    );
    expect(values.sort()).toEqual([1, 2, 3]);
  });

  it('throws the first error and ends the others', async () => {
    let ends = 0;
    const end = (): void => {
      ends += 1;
    };
    const broken = new Error('broken');
    const merged = mergeStreams([() => count([1], end, broken), () => count([2, 3, 4, 5, 6, 7], end)], undefined);
    await expect(readAll(merged)).rejects.toBe(broken);
    expect(ends).toBe(2);
  });
});
