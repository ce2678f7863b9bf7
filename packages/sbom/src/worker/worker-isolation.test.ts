import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { IsolatedExtraction, IsolatedFile } from '../analyze/isolation.ts';
import { createWorkerIsolation, type WorkerIsolation, type WorkerIsolationOptions } from './worker-isolation.ts';

const module = new URL('./serving.test-support.ts', import.meta.url);
const content = Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0x00);

function isolationWith(options: Partial<WorkerIsolationOptions> = {}): WorkerIsolation {
  const isolation = createWorkerIsolation({ workers: 1, module, ...options });
  onTestFinished(() => isolation.close());
  return isolation;
}

const fileOf = (file: Partial<IsolatedFile> = {}): IsolatedFile => ({
  ...{ path: 'opt/a.jar', size: content.length, mode: 0o644, uid: 1, gid: 2, mtime: 3 },
  ...{ head: content.subarray(0, 4), content: content.slice(), ...file },
});

const task = (name: string, file: Partial<IsolatedFile> = {}, deadline = 10_000): IsolatedExtraction => ({
  ...{ cataloger: `${name}@1`, deadline, files: [fileOf(file)] },
});

const signal = new AbortController().signal;
const activeThreads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

describe('createWorkerIsolation', () => {
  it('gives a cataloger in a thread the same file', async () => {
    const isolation = isolationWith();
    const facts = async (name: string, file: Partial<IsolatedFile> = {}) =>
      (await isolation.extract(task(name, file), { signal })).facts;
    const random = { size: 5, start: 'cafe', end: 'be00', beyond: 0 };
    expect(await facts('bytes')).toBe('cafebabe00');
    expect(await facts('stream')).toBe('cafebabe00');
    expect(await facts('random')).toEqual(random);
    const stored = {
      size: 5,
      read: async (offset: number, length: number) => content.subarray(offset, offset + length),
    };
    expect(await facts('bytes', { content: stored })).toBe('cafebabe00');
    expect(await facts('stream', { content: stored })).toBe('cafebabe00');
    expect(await facts('random', { content: stored })).toEqual(random);
    expect(await isolation.extract(task('header'), { signal })).toEqual({
      facts: { kind: 'file', path: 'opt/a.jar', size: 5, mode: 0o644, uid: 1, gid: 2, mtime: 3, head: 'cafebabe' },
      problems: [{ code: 'malformed', reason: '1 files' }],
    });
  });

  it('takes the bytes along instead of copying them', async () => {
    const bytes = content.slice();
    await isolationWith().extract(task('bytes', { content: bytes }), { signal });
    expect(bytes.buffer.detached).toBe(true);
  });

  it('leaves alone what the bytes were cut from', async () => {
    const larger = new Uint8Array(100);
    larger.set(content, 10);
    const cut = larger.subarray(10, 15);
    const { facts } = await isolationWith().extract(task('bytes', { content: cut, head: cut }), { signal });
    expect(facts).toBe('cafebabe00');
    expect(larger.buffer.detached).toBe(false);
  });

  it('hands data to the module and shows it nothing of the surroundings', async () => {
    const isolation = isolationWith({ data: { key: 'k' } });
    expect((await isolation.extract(task('data'), { signal })).facts).toEqual({ key: 'k' });
    expect((await isolation.extract(task('surroundings'), { signal })).facts).toEqual([]);
  });

  it.each([
    ['throws', 'malformed', 'cannot read this'],
    ['function', 'malformed', 'could not be cloned'],
    ['endless', 'timeout', 'longer than 300 ms'],
    ['backtracking', 'timeout', 'longer than 300 ms'],
    ['exits', 'malformed', 'ended by itself'],
  ])('makes one problem of a cataloger that %s, and goes on', async (name, code, reason) => {
    const isolation = isolationWith();
    const failed = await isolation.extract(task(name, {}, 300), { signal });
    expect(failed).toEqual({ facts: undefined, problems: [{ code, reason: expect.stringContaining(reason) }] });
    expect((await isolation.extract(task('bytes'), { signal })).facts).toBe('cafebabe00');
  });

  it('makes one problem of a cataloger that uses up its memory, and goes on', async () => {
    const isolation = isolationWith({ heapLimit: 32 * 2 ** 20 });
    const { problems } = await isolation.extract(task('hungry', {}, 60_000), { signal });
    expect(problems).toMatchObject([{ code: 'malformed', reason: expect.stringContaining('memory') }]);
    expect((await isolation.extract(task('bytes'), { signal })).facts).toBe('cafebabe00');
  });

  it('makes a problem of content that cannot be read any more', async () => {
    const gone = { size: 5, read: () => Promise.reject(new Error('the disk is gone')) };
    const { problems } = await isolationWith().extract(task('bytes', { content: gone }), { signal });
    expect(problems).toEqual([{ code: 'malformed', reason: 'the disk is gone' }]);
  });

  it('works on as many files at once as it has threads', async () => {
    const isolation = isolationWith({ workers: 2 });
    const [slow, fast] = [task('endless', {}, 2_000), task('bytes')];
    await Promise.all([isolation.extract(fast, { signal }), isolation.extract(task('bytes'), { signal })]);
    const order: string[] = [];
    const ending = isolation.extract(slow, { signal }).then(() => order.push('slow'));
    for (let index = 0; index < 3; index += 1) {
      await isolation.extract(task('bytes'), { signal });
      order.push('fast');
    }
    await ending;
    expect(order).toEqual(['fast', 'fast', 'fast', 'slow']);
  });

  it('starts another thread for a file that has waited, not for one that waits its turn', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const before = activeThreads();
    const isolation = isolationWith({ workers: 2 });
    const leaving = new AbortController();
    const endless = (): Promise<unknown> =>
      isolation.extract(task('endless', {}, 60_000), { signal: leaving.signal }).catch(() => 'ended');
    const short = Promise.all(Array.from({ length: 5 }, () => isolation.extract(task('bytes'), { signal })));
    expect(activeThreads() - before).toBe(1);
    await short;
    const long = [endless(), endless()];
    await vi.advanceTimersByTimeAsync(99);
    expect(activeThreads() - before).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(activeThreads() - before).toBe(2);
    leaving.abort();
    expect(await Promise.all(long)).toEqual(['ended', 'ended']);
  });

  it('stops with the reason of its signal, running or waiting', async () => {
    const isolation = isolationWith();
    const running = new AbortController();
    const waiting = new AbortController();
    const reason = new Error('shutting down');
    const first = isolation.extract(task('endless'), { signal: running.signal });
    const second = isolation.extract(task('endless'), { signal: waiting.signal });
    const third = isolation.extract(task('bytes'), { signal });
    waiting.abort(reason);
    await expect(second).rejects.toBe(reason);
    await isolation.extract(task('bytes'), { signal: waiting.signal }).catch((error) => expect(error).toBe(reason));
    running.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect((await third).facts).toBe('cafebabe00');
  });

  it('refuses what it cannot do, instead of blaming the file', async () => {
    await expect(isolationWith().extract(task('unknown'), { signal })).rejects.toThrow('not unknown@1');
    const missing = isolationWith({ module: new URL('./missing.ts', import.meta.url) });
    await expect(missing.extract(task('bytes'), { signal })).rejects.toThrow('could not be started');
    expect(() => createWorkerIsolation({ workers: 0, module })).toThrow(RangeError);
  });

  it('leaves nothing behind when it is closed', async () => {
    const before = activeThreads();
    const isolation = createWorkerIsolation({ workers: 2, module });
    await isolation.extract(task('bytes'), { signal });
    const running = isolation.extract(task('endless'), { signal });
    const rejected = expect(running).rejects.toThrow('closed');
    expect(activeThreads()).toBeGreaterThan(before);
    await isolation.close();
    await rejected;
    await isolation.close();
    await expect(isolation.extract(task('bytes'), { signal })).rejects.toThrow('closed');
    expect(activeThreads()).toBe(before);
  });
});
