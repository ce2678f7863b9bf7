import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { readCapped } from '../transport/read-capped.ts';
import { helperFailure } from './helper-failure.ts';
import type { CredentialHelperCall, CredentialHelperOutput } from './helper-options.ts';
import { findProgram } from './helper-program.ts';

/** Longest answer read, in bytes. */
const maxAnswerBytes = 64 * 1024;

/** How much of what is printed beside the answer is kept, in bytes. */
const maxComplaintBytes = 4 * 1024;

/** ms to wait for the end of a process that was killed; one of another user may go on. */
const deathTimeout = 1000;

const isWindows = process.platform === 'win32';

/** The beginning of a stream; the rest is read and forgotten, so that its writer never waits. */
async function readBeginning(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  let room = maxComplaintBytes;
  for await (const chunk of stream) {
    if (room > 0) kept.push(chunk.subarray(0, room));
    room -= chunk.length;
  }
  return Buffer.concat(kept);
}

/** Kills a helper and what it started, and lets go of its streams: others may hold them open. */
function kill(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  if (child.pid === undefined) return;
  try {
    if (isWindows) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It is gone, or became another user's and may not be killed: either way nothing more can be done.
  }
}

function start(file: string, { program, server, env }: CredentialHelperCall): ChildProcessWithoutNullStreams {
  try {
    // A group of its own, to be killed whole; and no terminal, on which it would ask for a password.
    const child = spawn(file, ['get'], { env: { ...env }, detached: !isWindows, stdio: 'pipe', windowsHide: true });
    // Waiting for its end tells, too; this is for where that does not begin.
    child.on('error', () => undefined);
    // Node makes no streams where the process may not open any more files.
    if (!child.stdin) throw Object.assign(new Error('no streams'), { code: 'EMFILE' });
    // A helper may end without having read its input; what it did says enough.
    child.stdin.on('error', () => undefined);
    return child;
  } catch (error) {
    // No cause: it quotes the environment, which may hold secrets.
    throw helperFailure(program, server, `it cannot be run: ${(error as NodeJS.ErrnoException).code ?? 'refused'}`);
  }
}

/**
 * Runs a helper as a process, without a shell, and waits until it has ended. Aborting kills it with all of its process
 * group.
 *
 * Rejects with RegistryError `CREDENTIALS_UNAVAILABLE` where it cannot be run or prints more than 64 KiB, and with the
 * signal's reason.
 */
export async function runHelperProcess(call: CredentialHelperCall): Promise<CredentialHelperOutput> {
  const { program, server, path, signal } = call;
  const file = await findProgram(program, path);
  signal.throwIfAborted();
  if (file === undefined) {
    throw helperFailure(program, server, 'there is no such program', {
      hint: `install ${program}, and name its directory in helpers.path or in the PATH of helpers.env`,
    });
  }
  const child = start(file, call);
  const abort = (): void => kill(child);
  signal.addEventListener('abort', abort, { once: true });
  const closed = once(child, 'close') as Promise<[number | null]>;
  try {
    child.stdin.end(server);
    const tooLong = () => helperFailure(program, server, `it printed more than ${maxAnswerBytes} bytes`);
    const output = [readCapped(child.stdout, maxAnswerBytes, tooLong), readBeginning(child.stderr)] as const;
    const [[exitCode], stdout, stderr] = await Promise.all([closed, ...output]);
    return { exitCode, stdout: Buffer.from(stdout).toString('utf8'), stderr: stderr.toString('utf8') };
  } catch (error) {
    kill(child);
    // Whether it ends well no longer matters, only that it is gone.
    await Promise.race([closed.catch(() => undefined), setTimeout(deathTimeout, undefined, { ref: false })]);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
