import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, createApiServer } from '../testing/create-api-server.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { createClusterTransport } from '../transport/create-cluster-transport.ts';
import type { KubeObject } from './kube-object.ts';
import { putPod, quickTiming, until } from './watch.test-support.ts';
import { type WatchFailure, watchResource } from './watch-resource.ts';

const path = '/api/v1/pods';
const nameOf = ({ metadata }: KubeObject): string => metadata.name;

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

/** Follows the pods in the background; `state` is what the events add up to. */
function follow(options: Partial<Parameters<typeof watchResource<string>>[1]> = {}) {
  const controller = new AbortController();
  const timing = quickTiming();
  const events: string[] = [];
  const failures: (WatchFailure & { code: string; message: string })[] = [];
  const run = async (): Promise<void> => {
    const stream = watchResource<string>(transport, {
      path,
      transform: nameOf,
      timing,
      signal: controller.signal,
      onError: (error, failure) => failures.push({ code: error.code, message: error.message, ...failure }),
      ...options,
    });
    for await (const event of stream) {
      events.push(event.type === 'synced' ? `synced ${event.size}` : `${event.type} ${event.object}`);
    }
  };
  const ended = run().catch((error: unknown) => error);
  return {
    events,
    failures,
    sleeps: timing.sleeps,
    async stop() {
      controller.abort(new Error('enough'));
      return await ended;
    },
  };
}

const verbs = (): string[] =>
  server.requests.map(({ verb, query }) => (verb === 'list' && query.continue ? 'continued' : verb));

describe('watchResource', () => {
  it('lists in pages, then tells each change, and ends with the reason of the abort', async () => {
    for (const name of ['a', 'b', 'c']) putPod(server, name);
    const { events, stop } = follow({ pageSize: 2 });
    await until(() => server.watches === 1);
    putPod(server, 'd');
    putPod(server, 'a', '2');
    server.delete('pods', { name: 'b', namespace: 'shop' });
    await until(() => events.length === 7);
    expect(events).toEqual(['added a', 'added b', 'added c', 'synced 3', 'added d', 'modified a', 'deleted b']);
    expect(verbs()).toEqual(['list', 'continued', 'watch']);
    expect(await stop()).toEqual(new Error('enough'));
  });

  it('takes no list for complete that expires in its second page', async () => {
    for (const name of ['a', 'b', 'c']) putPod(server, name);
    server.fail({ verb: 'list', continued: true, effect: 'expire', times: 2 });
    const { events, failures, sleeps, stop } = follow({ pageSize: 2 });
    await until(() => events.includes('synced 3'));
    expect(events).toEqual(['added a', 'added b', 'added c', 'synced 3']);
    expect(failures).toMatchObject([
      { code: 'GONE', phase: 'list', relists: true },
      { code: 'GONE', phase: 'list', relists: true },
    ]);
    expect(sleeps).toEqual([500, 1000]);
    await stop();
  });

  it('resumes from a bookmark that is newer than the last event', async () => {
    putPod(server, 'a');
    const { events, stop } = follow();
    await until(() => server.watches === 1);
    server.put('nodes', { metadata: { name: 'elsewhere' } });
    server.compact();
    server.bookmark();
    putPod(server, 'b');
    await until(() => events.includes('added b'));
    const version = server.resourceVersion;
    server.cutWatches();
    await until(() => verbs().filter((verb) => verb === 'watch').length === 2);
    expect(verbs()).toEqual(['list', 'watch', 'watch']);
    expect(server.requests.at(-1)?.query).toMatchObject({ resourceVersion: version, allowWatchBookmarks: 'true' });
    await stop();
  });

  it('does not repeat what a bookmark alone has passed', async () => {
    putPod(server, 'a');
    const { events, stop } = follow();
    await until(() => server.watches === 1);
    server.compact();
    server.bookmark();
    await new Promise((resolve) => setTimeout(resolve, 200));
    server.cutWatches();
    await until(() => server.requests.length === 3 && server.watches === 1);
    putPod(server, 'b');
    await until(() => events.includes('added b'));
    expect(verbs()).toEqual(['list', 'watch', 'watch']);
    await stop();
  });

  it('tells what vanished, changed and came anew between two lists', async () => {
    for (const name of ['gone', 'kept', 'changed', 'reborn']) putPod(server, name);
    server.fail({ verb: 'watch', effect: 'hang' });
    const { events, failures, stop } = follow({ watchIdleTimeout: 100, transform: nameOf });
    await until(() => server.requests.length === 2);
    server.delete('pods', { name: 'gone', namespace: 'shop' });
    server.delete('pods', { name: 'reborn', namespace: 'shop' });
    putPod(server, 'reborn');
    putPod(server, 'changed', '2');
    server.compact();
    await transportReset();
    await until(() => events.filter((event) => event.startsWith('synced')).length === 2);
    expect(events.slice(5)).toEqual(['deleted gone', 'modified changed', 'deleted reborn', 'added reborn', 'synced 3']);
    expect(failures.at(-1)).toMatchObject({ code: 'GONE', phase: 'watch', relists: true });
    await stop();
  });

  /** The hanging watch has sent no header, so only its socket can end it. */
  async function transportReset(): Promise<void> {
    server.fail({ verb: 'watch', effect: 'expire' });
    server.dropConnections();
  }

  it('says which verb on which resource is not allowed, and goes on when it is', async () => {
    server.deny('list', 'pods');
    server.deny('watch', 'pods');
    const { events, failures, sleeps, stop } = follow();
    await until(() => failures.length >= 3);
    expect(failures[0]).toMatchObject({ code: 'FORBIDDEN', path, phase: 'list', retryIn: 2000 });
    expect(failures[0]!.message).toContain('not allowed to list pods (403)');
    server.allow('list', 'pods');
    await until(() => failures.some(({ phase }) => phase === 'watch'));
    expect(failures.at(-1)!.message).toContain('not allowed to watch pods (403)');
    server.allow('watch', 'pods');
    putPod(server, 'late');
    await until(() => events.includes('added late'));
    expect(sleeps.slice(0, 3)).toEqual([2000, 4000, 8000]);
    await stop();
  });

  it('waits as long as Retry-After says, and longer with each failure in a row', async () => {
    server.fail({ verb: 'list', effect: 429, retryAfter: 7 });
    server.fail({ verb: 'list', effect: 503, times: 7 });
    const { events, sleeps, stop } = follow();
    await until(() => events.includes('synced 0'));
    expect(sleeps[0]).toBeGreaterThanOrEqual(7000);
    expect(sleeps.slice(1)).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    await stop();
  });

  it('slows down where watches end at once', async () => {
    putPod(server, 'a');
    const { sleeps, stop } = follow({ timeoutSeconds: 0 });
    await until(() => sleeps.length >= 3);
    expect(sleeps.slice(0, 3)).toEqual([500, 1000, 2000]);
    await stop();
  });

  it('lists anew after garbage, and resumes after a cut event', async () => {
    putPod(server, 'a');
    server.fail({ verb: 'watch', effect: 'truncate' });
    server.fail({ verb: 'watch', effect: 'garbage' });
    const { failures, stop } = follow();
    await until(() => failures.length === 2 && server.watches === 1);
    expect(failures.map(({ code, relists }) => [code, relists])).toEqual([
      ['NETWORK', false],
      ['RESPONSE_INVALID', true],
    ]);
    expect(verbs()).toEqual(['list', 'watch', 'watch', 'list', 'watch']);
    await stop();
  });

  it('asks for smaller pages where one is too large', async () => {
    for (let n = 0; n < 20; n += 1) putPod(server, `p${n}`, '1', 'shop', 2000);
    await transport.close();
    transport = createClusterTransport({ baseUrl: server.url, maxBodyBytes: 20_000 });
    const { events, failures, stop } = follow({ pageSize: 16 });
    await until(() => events.includes('synced 20'));
    expect(failures).toEqual([]);
    expect(server.requests.slice(0, 3).map(({ query }) => query.limit)).toEqual(['16', '4', '4']);
    await stop();
  });

  it('drops what transform does not want, and what selectors do not select', async () => {
    putPod(server, 'a');
    putPod(server, 'b');
    putPod(server, 'c', '1', 'other');
    const { events, stop } = follow({
      fieldSelector: 'metadata.namespace=shop',
      transform: ({ metadata, status }) =>
        JSON.stringify(status).includes('2'.repeat(64)) ? undefined : metadata.name,
    });
    await until(() => server.watches === 1);
    putPod(server, 'a', '2');
    putPod(server, 'd');
    await until(() => events.includes('added d'));
    expect(events).toEqual(['added a', 'added b', 'synced 2', 'deleted a', 'added d']);
    await stop();
  });

  it('never shows managed fields', async () => {
    putPod(server, 'a');
    const seen: KubeObject[] = [];
    const { stop } = follow({
      transform(object) {
        seen.push(object);
        return object.metadata.name;
      },
    });
    await until(() => server.watches === 1);
    putPod(server, 'b');
    await until(() => seen.length === 2);
    expect(seen.map(({ metadata }) => 'managedFields' in metadata)).toEqual([false, false]);
    await stop();
  });

  it('ends with what transform throws, with CLOSED, and with options that cannot be', async () => {
    putPod(server, 'a');
    const mistake = new TypeError('mine');
    const throwing = follow({
      transform() {
        throw mistake;
      },
    });
    expect(await throwing.stop().then((error) => error)).toBeInstanceOf(Error);
    const failing = watchResource(transport, {
      path,
      transform() {
        throw mistake;
      },
    });
    await expect(failing.next()).rejects.toBe(mistake);
    for (const options of [{ pageSize: 0 }, { minDelay: 0 }, { minDelay: 5, maxDelay: 1 }]) {
      const stream = watchResource(transport, { path, transform: nameOf, ...options });
      await expect(stream.next()).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    }
    const closing = watchResource(transport, { path, transform: nameOf });
    await closing.next();
    await transport.close();
    await closing.next();
    await expect(closing.next()).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
