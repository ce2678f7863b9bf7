import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { decompress } from '../decompress/decompress.ts';
import { readAll } from '../layer.test-support.ts';

async function* halting(pause: (at: number) => Promise<unknown>): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < 5; at++) {
    await pause(at);
    yield Buffer.from('plain');
  }
}

const never = (): Promise<never> => new Promise(() => undefined);
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('idleMs', () => {
  it('ends a source that gives nothing, and does not wait for it to close', async () => {
    const before = timers();
    const result = readAll(decompress(halting(never), { limits: { idleMs: 20 } }));
    await expect(result).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', offset: 0, message: /idleMs 20/ });
    await expect(
      readAll(
        decompress(
          halting(async (at) => (at === 3 ? await never() : undefined)),
          { limits: { idleMs: 20 } },
        ),
      ),
    ).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED', offset: 15 });
    expect(timers()).toBe(before);
  });

  it('takes empty chunks for no progress', async () => {
    async function* drip(): AsyncGenerator<Uint8Array> {
      for (;;) {
        await sleep(5);
        yield new Uint8Array(0);
      }
    }
    await expect(readAll(decompress(drip(), { limits: { idleMs: 40 } }))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
    });
  });

  it('counts each wait by itself, and never the time of the reader', async () => {
    const slow = readAll(
      decompress(
        halting(() => sleep(30)),
        { limits: { idleMs: 100 } },
      ),
    );
    expect((await slow).byteLength).toBe(25);
    let read = 0;
    for await (const chunk of decompress(
      halting(async () => undefined),
      { limits: { idleMs: 20 } },
    )) {
      await sleep(30);
      read += chunk.byteLength;
    }
    expect(read).toBe(25);
  });

  it('leaves no timer when the loop is left, on an abort, and after the source has failed', async () => {
    const before = timers();
    for await (const _ of decompress(
      halting(async () => undefined),
      { limits: { idleMs: 60_000 } },
    ))
      break;
    const controller = new AbortController();
    const aborted = readAll(decompress(halting(never), { limits: { idleMs: 60_000 }, signal: controller.signal }));
    controller.abort('enough');
    await expect(aborted).rejects.toBe('enough');
    const failing = readAll(
      decompress(
        halting(() => Promise.reject(new Error('gone'))),
        { limits: { idleMs: 60_000 } },
      ),
    );
    await expect(failing).rejects.toThrow('gone');
    expect(timers()).toBe(before);
  });

  it('waits for as long as it takes where the limit is infinite', async () => {
    expect(
      (
        await readAll(
          decompress(
            halting(() => sleep(5)),
            { limits: { idleMs: Number.POSITIVE_INFINITY } },
          ),
        )
      ).byteLength,
    ).toBe(25);
  });
});
