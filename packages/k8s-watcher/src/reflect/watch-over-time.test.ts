import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, createApiServer } from '../testing/create-api-server.ts';
import type { ClusterTransport } from '../transport/cluster-transport.ts';
import { createClusterTransport } from '../transport/create-cluster-transport.ts';
import type { KubeObject } from './kube-object.ts';
import { putPod, quickTiming, until } from './watch.test-support.ts';
import { watchResource } from './watch-resource.ts';

const path = '/api/v1/pods';
const nameOf = ({ metadata }: KubeObject): string => metadata.name;
const nameAndVersion = ({ metadata }: KubeObject): string => `${metadata.name}@${metadata.resourceVersion}`;

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

describe('watchResource, over time,', () => {
  it('stops in the middle of a list when it is aborted', async () => {
    for (const name of ['a', 'b', 'c']) putPod(server, name);
    const controller = new AbortController();
    const stream = watchResource(transport, { path, transform: nameOf, signal: controller.signal });
    await stream.next();
    controller.abort('enough');
    await expect(stream.next()).rejects.toBe('enough');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('frees its sockets when the loop is left', async () => {
    putPod(server, 'a');
    for await (const event of watchResource(transport, { path, transform: nameOf, timing: quickTiming() })) {
      if (event.type === 'synced') setTimeout(() => putPod(server, 'b'), 20);
      if (event.type === 'added' && event.object === 'b') break;
    }
    await until(() => server.watches === 0);
    await transport.close();
    await until(() => server.connections === 0);
  });

  it('does not take a slow consumer for a silent server', async () => {
    const pods = Array.from({ length: 40 }, (_, n) => `p${n}`);
    const errors: string[] = [];
    const onError = ({ code }: { code: string }): number => errors.push(code);
    const stream = watchResource(transport, { path, transform: nameOf, watchIdleTimeout: 500, onError });
    const seen: string[] = [];
    for await (const event of stream) {
      if (event.type === 'synced') {
        setTimeout(() => {
          for (const name of pods) putPod(server, name, '1', 'shop', 20_000);
        }, 10);
      } else if (seen.push(event.object) === 1) await new Promise((resolve) => setTimeout(resolve, 1200));
      if (seen.length === pods.length) break;
    }
    expect([seen, errors]).toEqual([pods, []]);
  });

  it('adds up to what the server has, whatever goes wrong', async () => {
    const verb = fc.constantFrom('list' as const, 'watch' as const);
    const effect = fc.constantFrom(500, 429, 'reset', 'truncate', 'garbage', 'expire', 410, 401, 404);
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), name }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), verb, effect }) },
      fc.record({ do: fc.constantFrom('compact', 'cut', 'expire', 'bookmark', 'pause') }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, pageSize) => {
          await using own = await createApiServer();
          await using ownTransport = createClusterTransport({ baseUrl: own.url });
          const state = new Set<string>();
          const controller = new AbortController();
          const options = {
            path,
            pageSize,
            transform: nameAndVersion,
            timing: quickTiming(),
            signal: controller.signal,
          };
          const known = new Map<string, string>();
          const following = (async () => {
            for await (const event of watchResource(ownTransport, options)) {
              if (event.type === 'synced') continue;
              const [pod = ''] = event.object.split('@');
              if (event.type === 'added') expect(known.has(pod)).toBe(false);
              else expect(known.has(pod)).toBe(true);
              if (event.type === 'deleted') known.delete(pod);
              else known.set(pod, event.object);
              state.clear();
              for (const value of known.values()) state.add(value);
            }
          })().catch((error: unknown) => error);
          for (const action of steps) {
            if ('verb' in action) own.fail({ verb: action.verb, effect: action.effect as 500 });
            else if (action.do === 'put' && 'name' in action) putPod(own, action.name);
            else if (action.do === 'delete' && 'name' in action)
              own.delete('pods', { name: action.name, namespace: 'shop' });
            else if (action.do === 'compact') own.compact();
            else if (action.do === 'cut') own.cutWatches();
            else if (action.do === 'expire') own.expireWatches();
            else if (action.do === 'bookmark') own.bookmark();
            else await new Promise((resolve) => setTimeout(resolve, 3));
          }
          own.clearFaults();
          const expected = own
            .list('pods')
            .map((pod) => nameAndVersion(pod as KubeObject))
            .sort();
          await until(() => own.watches === 1 && [...state].sort().join() === expected.join());
          controller.abort('done');
          expect(await following).toBe('done');
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('reads 3 000 pods in bounded memory', async () => {
    for (let n = 0; n < 3000; n += 1) putPod(server, `pod-${n}`, '1', 'shop', 8000);
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    collect();
    const before = process.memoryUsage().heapUsed;
    let largest = 0;
    let count = 0;
    const stream = watchResource(transport, { path, pageSize: 250, transform: nameOf });
    for await (const event of stream) {
      if (event.type === 'synced') break;
      count += 1;
      if (count % 500 === 1) {
        collect();
        largest = Math.max(largest, process.memoryUsage().heapUsed - before);
      }
    }
    expect(count).toBe(3000);
    expect(server.requests.filter(({ verb }) => verb === 'list')).toHaveLength(12);
    // The pods have 25 MB; what is kept of them is a name.
    expect(largest).toBeLessThan(12_000_000);
  }, 30_000);
});
