import type { ApiServer } from '../testing/create-api-server.ts';
import type { StoredObject } from '../testing/stored-object.ts';
import { processTiming, type Timing } from './timing.ts';

/** Sleeps that are noted and take no time. */
export function quickTiming(): Timing & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    ...processTiming,
    random: () => 0,
    sleeps,
    async sleep(ms, signal) {
      sleeps.push(ms);
      await processTiming.sleep(1, signal);
    },
  };
}

/** A pod with one container that runs the digest made of one hex digit; '' where the runtime has not said. */
export function putPod(server: ApiServer, name: string, digit = '1', namespace = 'shop', padding = 0): StoredObject {
  const image = `registry.example/${name}:1`;
  return server.put('pods', {
    metadata: { name, namespace },
    spec: {
      nodeName: 'node-1',
      containers: [{ name: 'main', image, env: [{ name: 'X', value: 'x'.repeat(padding) }] }],
    },
    status: {
      containerStatuses: [{ name: 'main', imageID: digit && `registry.example/${name}@sha256:${digit.repeat(64)}` }],
    },
  });
}

/** Waits until something holds; the test's own timeout bounds it. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await processTiming.sleep(5, undefined);
}
