import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpenDirectory } from './open-directory.ts';
import { Turns } from './turns.ts';
import { walkDirectory } from './walk-directory.ts';

const files = 4000;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'turns-'));
  await mkdir(join(scratch, 'tree'));
  for (let index = 0; index < files; index += 1) await writeFile(join(scratch, 'tree', `${index}`), 'content');
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** Counts the turns that others have while `work` goes on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let waiting = setImmediate(function again() {
    turns += 1;
    waiting = setImmediate(again);
  });
  await work().finally(() => clearImmediate(waiting));
  return turns;
}

async function walkAll(read: boolean, signal?: AbortSignal): Promise<number> {
  let events = 0;
  for await (const event of walkDirectory(scratch, signal ? { signal } : {})) {
    events += 1;
    if (read && event.kind === 'file') for await (const chunk of event.content) void chunk;
  }
  return events;
}

describe('walkDirectory', () => {
  it.each([false, true])('leaves others their turns, contents read: %s', async (read) => {
    expect(await turnsDuring(() => walkAll(read))).toBeGreaterThan(1);
  });

  it('leaves others their turns while it lists one large directory', async () => {
    const directory = OpenDirectory.root(join(scratch, 'tree'));
    // As if the last turn were long ago: the time that this takes is the machine's.
    const turns = new Turns();
    busy(10);
    expect(await turnsDuring(() => directory.names(1e6, turns))).toBeGreaterThan(0);
    directory.close();
  });

  it('leaves others their turns in the middle of one large file', async () => {
    const large = join(scratch, 'large');
    await mkdir(large);
    await writeFile(join(large, 'file'), Buffer.alloc(64 << 20));
    const during: number[] = [];
    for await (const event of walkDirectory(large)) {
      if (event.kind !== 'file') continue;
      during.push(
        await turnsDuring(async () => {
          for await (const chunk of event.content) void chunk;
        }),
      );
    }
    expect(during).toEqual([expect.toSatisfy((turns: number) => turns > 0)]);
  });

  it('hears a timer that aborts it, long before its end', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 0);
    await expect(walkAll(true, controller.signal)).rejects.toBe(reason);
  });
});

describe('Turns', () => {
  it('are due when some milliseconds have passed since the last', async () => {
    const turns = new Turns();
    expect(turns.due()).toBeUndefined();
    busy(10);
    const due = turns.due();
    expect(due).toBeInstanceOf(Promise);
    await due;
    expect(turns.due()).toBeUndefined();
  });
});

function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}
