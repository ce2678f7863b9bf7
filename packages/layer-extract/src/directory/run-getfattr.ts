import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ExtractError } from '../extract-error.ts';

const args = ['-R', '-h', '-P', '-d', '-e', 'hex', '-m', '^(trusted|user)\\.overlay\\.', '--', '.'];
/** Of what it complains about, enough for a sentence. */
const errorBytes = 16 * 1024;
/** Where programs are on a system that says nothing else, and messages as they are written in its source. */
const bareEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

/** How getfattr is run. */
export interface GetfattrOptions {
  /** Name or path of the program. */
  readonly getfattr: string;
  /** Its environment, for the `PATH` that a bare name is looked up in. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** Bytes it may print. */
  readonly attributeBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** What getfattr printed, as latin-1, and why that may not be everything. */
export interface GetfattrResult {
  readonly output: string;
  readonly problem?: string;
}

/**
 * Has all attributes of overlayfs in a tree read by one run of getfattr (Debian package `attr`), which Node cannot read.
 *
 * @throws ExtractError `LIMIT_EXCEEDED`; the abort reason unchanged.
 */
export async function runGetfattr(root: string, options: GetfattrOptions): Promise<GetfattrResult> {
  const { getfattr, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(getfattr, args, {
    cwd: root,
    env: { ...bareEnvironment, ...options.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): unknown => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const ended = exitOf(child);
    const [output, errors, exit] = await Promise.all([
      gather(child, child.stdout, options.attributeBytes),
      gather(child, child.stderr, errorBytes),
      ended,
    ]);
    signal?.throwIfAborted();
    if (output === undefined) throw exceeded(options.attributeBytes);
    const problem = describeEnd(exit, errors ?? 'too many errors');
    return problem === undefined ? { output } : { output, problem };
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

type Getfattr = ChildProcessByStdio<null, Readable, Readable>;

/** The exit code, a signal's name, or the error that kept the program from starting. */
async function exitOf(child: Getfattr): Promise<number | string> {
  return await new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'killed'));
  });
}

/** Undefined where there is more than `most` bytes; the program is ended then. */
async function gather(child: Getfattr, stream: Readable, most: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.byteLength;
    if (length <= most) chunks.push(chunk);
    else child.kill('SIGKILL');
  }
  return length > most ? undefined : Buffer.concat(chunks).toString('latin1');
}

function describeEnd(exit: number | string, errors: string): string | undefined {
  if (exit === 0) return undefined;
  const untold = 'opaque directories cannot be told';
  if (typeof exit === 'string') return `${untold}: getfattr did not run (${exit}); Debian has it in its package attr`;
  const complaint = errors.split('\n').find((line) => line !== '' && !line.endsWith(': No such file or directory'));
  // Files that vanish under way are no loss.
  if (complaint === undefined && errors !== '') return undefined;
  return `${untold} everywhere: getfattr ended with exit code ${exit}: ${(complaint ?? '').slice(0, 200)}`;
}

function exceeded(limit: number): ExtractError {
  const what = `getfattr printed more than limit attributeBytes ${limit}`;
  return new ExtractError('LIMIT_EXCEEDED', `directory, extended attributes: ${what}`, {
    hint: 'if the tree is to be trusted, give walkDirectory a higher limit',
  });
}
