import { describe, expect, it, vi } from 'vitest';
import { createRuntime } from '../create-runtime.ts';
import type { Runtime } from '../runtime.ts';
import { sampleImage } from '../testing/export-archive.test-support.ts';
import { type FakeDocker, startFakeDocker } from '../testing/fake-docker.test-support.ts';
import type { RuntimeEvent } from '../watch/runtime-event.ts';
import type { WatchOptions } from '../watch/watch-options.ts';

const image = sampleImage('only layer');

function runtimeOf(fake: FakeDocker, kind: 'docker' | 'podman' = 'docker'): Runtime {
  return createRuntime({ kind, socketPath: fake.socketPath });
}

describe('watching Docker', () => {
  const id = (digit: string): string => digit.repeat(64);
  const put = (fake: FakeDocker, digit: string, running = true): void => {
    fake.containers.set(id(digit), { id: id(digit), running, image: image.configDigest });
  };

  function collect(fake: FakeDocker, options: WatchOptions = {}) {
    const ending = new AbortController();
    const events: RuntimeEvent[] = [];
    const watching = (async () => {
      const watch = runtimeOf(fake).watchImages({ retryAfter: 10, ...options, signal: ending.signal });
      for await (const event of watch) events.push(event);
    })();
    // It is looked at below; until then it must not count as unhandled.
    watching.catch(() => undefined);
    const lines = (): string[] =>
      events.map((event) => ('container' in event ? `${event.type} ${event.container.containerId[0]}` : event.type));
    return {
      events,
      lines,
      until: (line: string, count = 1) =>
        vi.waitFor(() => expect(lines().filter((other) => other === line).length).toBeGreaterThanOrEqual(count), {
          timeout: 5_000,
        }),
      async stop() {
        const reason = new Error('enough');
        ending.abort(reason);
        await expect(watching).rejects.toBe(reason);
      },
    };
  }

  it('reports what runs, then what starts and stops, whatever the events say', async () => {
    await using fake = await startFakeDocker({ image });
    put(fake, '1');
    put(fake, '2', false);
    const watch = collect(fake);
    await watch.until('listed');
    await vi.waitFor(() => expect(fake.requests.some((url) => url.includes('/events?since='))).toBe(true));
    fake.emit(id('1'), 'start');
    fake.emit(id('9'), 'die');
    put(fake, '3');
    fake.emit(id('3'), 'start');
    fake.emit(id('3'), 'start');
    await watch.until('started 3');
    fake.emit(id('1'), 'die');
    put(fake, '1', false);
    fake.emit(id('1'), 'die');
    await watch.until('stopped 1');
    await watch.stop();
    expect(watch.lines()).toEqual(['started 1', 'listed', 'started 3', 'stopped 1']);
    expect(watch.events[0]).toMatchObject({
      container: {
        reference: 'team/app:1',
        digest: image.configDigest,
        identity: 'config',
        containerName: 'name-1111',
        labels: { a: 'b' },
      },
    });
  });

  it('makes up for what it missed while the daemon was away, and reports nothing twice', async () => {
    await using fake = await startFakeDocker({ image });
    put(fake, '1');
    put(fake, '2');
    const watch = collect(fake);
    await watch.until('listed');
    await fake.halt();
    put(fake, '2', false);
    put(fake, '3');
    await watch.until('interrupted', 3);
    await fake.listen();
    await watch.until('listed', 2);
    await watch.stop();
    const containers = watch.lines().filter((line) => line.includes(' '));
    expect(containers.sort()).toEqual(['started 1', 'started 2', 'started 3', 'stopped 2']);
    const waits = watch.events.flatMap((event) => (event.type === 'interrupted' ? [event.retryIn] : []));
    expect(waits.slice(0, 3)).toEqual([10, 20, 40]);
  });

  it('lists anew from time to time, should an event have got lost', async () => {
    await using fake = await startFakeDocker({ image });
    const watch = collect(fake, { relistAfter: 30 });
    await watch.until('listed');
    put(fake, '1');
    await watch.until('started 1');
    await watch.stop();
    expect(watch.lines()).not.toContain('interrupted');
  });

  it('fails at once where there was never a runtime', async () => {
    await using fake = await startFakeDocker({ image });
    const watch = createRuntime({ kind: 'docker', socketPath: `${fake.socketPath}.none` }).watchImages();
    await expect(watch[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('frees the connection of the events when it is left', async () => {
    await using fake = await startFakeDocker({ image });
    put(fake, '1');
    for await (const event of runtimeOf(fake).watchImages()) {
      if (event.type === 'listed') await vi.waitFor(() => expect(fake.listening()).toBe(1));
      if (event.type === 'listed') break;
    }
    await vi.waitFor(() => expect(fake.listening()).toBe(0));
  });

  it('keeps a container whose image was removed by force', async () => {
    await using fake = await startFakeDocker({ image, kind: 'podman' });
    const gone = `sha256:${'e'.repeat(64)}`;
    fake.containers.set(id('1'), { id: id('1'), running: true, image: gone });
    for await (const event of runtimeOf(fake, 'podman').watchImages()) {
      expect(event).toMatchObject({ type: 'started', container: { digest: gone, identity: 'config' } });
      break;
    }
  });
});
