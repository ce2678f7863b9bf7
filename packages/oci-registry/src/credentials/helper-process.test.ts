import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../testing/failure-of.test-support.ts';
import { lookUp, working } from './helper-look-up.test-support.ts';
import { type ProgramFolder, programFolder } from './helper-script.test-support.ts';

/** Whether a process runs, one that ended but was not yet waited for aside. */
async function isRunning(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

async function noted(programs: ProgramFolder, file: string): Promise<number[]> {
  const path = join(programs.path, file);
  while (!existsSync(path)) await setTimeout(5);
  return (await readFile(path, 'utf8')).trim().split(/\s+/).map(Number);
}

describe('a helper that fails', () => {
  it('says why by its first line, without what looks like a secret', async () => {
    const programs = await programFolder();
    await programs.write('locked', 'echo "pass not initialized: exit status 1"; echo "more"; exit 3');
    await programs.write('chatty', 'echo "login failed for token=hunter2" >&2; exit 1');
    await programs.write('leaky', 'echo \'{"Username":"u","Secret":"hunter2"}\'; exit 1');
    const failure = async (credsStore: string) =>
      (await failureOf(lookUp({ config: { credsStore }, programs }))).message;
    expect(await failure('locked')).toBe(
      '[CREDENTIALS_UNAVAILABLE] ask docker-credential-locked, r.example: it failed with exit code 3: pass not initialized: exit status 1',
    );
    expect(await failure('chatty')).toMatch(/exit code 1: login failed for token \.\.\.$/);
    expect(await failure('leaky')).toMatch(/exit code 1$/);
  });

  it('does not quote an answer that it does not understand', async () => {
    const programs = await programFolder();
    await programs.write('odd', 'echo "hunter2"');
    const error = await failureOf(lookUp({ config: { credsStore: 'odd' }, programs }));
    expect(error.message).toMatch(/its answer is not a JSON object with Username and Secret$/);
    expect(JSON.stringify(error) + String(error.cause)).not.toContain('hunter2');
  });

  it('may print 64 KiB and no more, and may say as much as it likes beside', async () => {
    const programs = await programFolder();
    await programs.write('endless', 'exec cat /dev/zero');
    await programs.write('noisy', `head -c 300000 /dev/zero >&2; ${working}`);
    await programs.write(
      'long',
      'printf \'{"Username":"u","Secret":"\'; head -c 65000 /dev/zero | tr "\\0" x; echo \'"}\'',
    );
    const error = await failureOf(lookUp({ config: { credsStore: 'endless' }, programs }));
    expect(error.message).toMatch(/it printed more than 65536 bytes$/);
    expect(await lookUp({ config: { credsStore: 'noisy' }, programs })).toMatchObject({ username: 'robot' });
    expect(await lookUp({ config: { credsStore: 'long' }, programs })).toMatchObject({ password: 'x'.repeat(65000) });
  });

  it('need not read its input', async () => {
    const programs = await programFolder();
    await programs.write('deaf', `exec 0<&-; echo '{"Username":"u","Secret":"p"}'`);
    expect(await lookUp({ config: { credsStore: 'deaf' }, programs })).toMatchObject({ username: 'u' });
  });

  it('cannot be run where its interpreter is missing', async () => {
    const programs = await programFolder();
    const file = join(programs.path, 'docker-credential-lost');
    await writeFile(file, '#!/nowhere/interpreter\n', { mode: 0o755 });
    const error = await failureOf(lookUp({ config: { credsStore: 'lost' }, programs }));
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', cause: { code: 'ENOENT' } });
    expect(error.message).toMatch(/ask docker-credential-lost, r\.example: it cannot be run: ENOENT$/);
  });

  it('cannot be run where the system refuses, and the environment is not quoted', async () => {
    const programs = await programFolder();
    await programs.write('mine', working);
    const helpers = { env: { SECRET: 'hunter2\0' } };
    const error = await failureOf(lookUp({ config: { credsStore: 'mine' }, programs, helpers }));
    expect(error.message).toMatch(/it cannot be run: ERR_INVALID_ARG_VALUE$/);
    expect(JSON.stringify(error) + String(error.cause)).not.toContain('hunter2');
  });
});

describe('a helper that does not come to an end', () => {
  /** Notes its process and one that it starts, which both go on for ever. */
  const stuck = 'sleep 600 & echo $$ $! >"$dir/new"; mv "$dir/new" "$dir/pids"; sleep 600';

  it('is killed with what it started when its time is over', async () => {
    const programs = await programFolder();
    await programs.write('stuck', stuck);
    const work = lookUp({ config: { credsStore: 'stuck' }, programs, helpers: { timeout: 300 } });
    const error = await failureOf(work);
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', retryable: true });
    expect(error.message).toMatch(/it gave no answer within 300 ms and was killed$/);
    for (const pid of await noted(programs, 'pids')) await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('is killed when nobody waits for it any more', async () => {
    const programs = await programFolder();
    await programs.write('stuck', stuck);
    const controller = new AbortController();
    const work = lookUp({ config: { credsStore: 'stuck' }, programs }, 'r.example/app', controller.signal);
    const pids = await noted(programs, 'pids');
    expect(await Promise.all(pids.map(isRunning))).toEqual([true, true]);
    controller.abort('enough');
    await expect(work).rejects.toBe('enough');
    for (const pid of pids) await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('does not keep us where a process that it left holds on to its output', async () => {
    const programs = await programFolder();
    await programs.write('daemon', 'sleep 600 & echo $! >"$dir/new"; mv "$dir/new" "$dir/pids"');
    const work = lookUp({ config: { credsStore: 'daemon' }, programs, helpers: { timeout: 300 } });
    await expect(work).rejects.toMatchObject({ message: expect.stringContaining('no answer within 300 ms') });
    for (const pid of await noted(programs, 'pids')) await expect.poll(() => isRunning(pid)).toBe(false);
  });
});
