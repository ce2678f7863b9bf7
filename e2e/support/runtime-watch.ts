import type { RunningImage, Runtime, RuntimeEvent } from '@falcon-iar/runtime-socket';
import { vi } from 'vitest';

/** A watch whose events are collected as they come. */
export interface CollectedWatch extends AsyncDisposable {
  readonly events: readonly RuntimeEvent[];
  /** Containers of the events of one type, by name or, where they have none, by id. */
  names(type: 'started' | 'stopped'): string[];
  /** The container of that name or id as it was reported. */
  container(name: string): RunningImage | undefined;
  /** Waits until so many events of a type have come. */
  until(type: RuntimeEvent['type'], count: number): Promise<void>;
}

/** Begins to watch; leaving the scope ends it. */
export function collectWatch(runtime: Runtime): CollectedWatch {
  const ending = new AbortController();
  const events: RuntimeEvent[] = [];
  const watching = (async () => {
    for await (const event of runtime.watchImages({ signal: ending.signal, retryAfter: 50 })) events.push(event);
  })().catch((error: unknown) => {
    if (!ending.signal.aborted) throw error;
  });
  const containers = (type?: 'started' | 'stopped'): RunningImage[] =>
    events.flatMap((event) =>
      'container' in event && (type === undefined || event.type === type) ? [event.container] : [],
    );
  const nameOf = ({ containerName, containerId }: RunningImage): string => containerName ?? containerId;
  return {
    events,
    names: (type) => containers(type).map(nameOf).sort(),
    container: (name) => containers().find((container) => nameOf(container) === name),
    async until(type, count) {
      const seen = (): number => events.filter((event) => event.type === type).length;
      const late = () => Promise.reject(new Error(`${seen()} of ${count} ${type}: ${JSON.stringify(events)}`));
      await Promise.race([watching, vi.waitUntil(() => seen() >= count, { timeout: 60_000 }).catch(late)]);
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await watching;
    },
  };
}

/** Reads a stream to its end and gives the number of its bytes. */
export async function countBytes(stream: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of stream) length += chunk.length;
  return length;
}
