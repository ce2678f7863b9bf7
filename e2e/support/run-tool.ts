import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** What a finished child process left behind. */
export interface ToolResult {
  /** Exit code; 128 + number for a signal is left to shells, a signal shows in `signal`. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a child process is started. */
export interface ToolOptions {
  readonly cwd?: string;
  /** The whole environment of the child; the caller's own when absent. */
  readonly env?: NodeJS.ProcessEnv;
  /** Text for its standard input, which is empty when absent. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end, whatever its exit code. Rejects only where it cannot be started or `signal` fires. */
export async function runToEnd(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    signal: options.signal,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  // A child that ends before it reads its input is no error of ours.
  child.stdin?.on('error', ignoreBrokenPipe);
  child.stdin?.end(options.input);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    }),
  ]);
  return { code, signal, stdout, stderr };
}

/** Runs a program and gives its standard output; any exit code but 0 is an error with its last lines. */
export async function runTool(command: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const result = await runToEnd(command, args, options);
  if (result.code !== 0) {
    const tail = result.stderr.trim().split('\n').slice(-15).join('\n');
    throw new Error(`${command} ${args.join(' ')}: exit code ${result.code ?? result.signal}\n${tail}`);
  }
  return result.stdout;
}

async function text(stream: Readable | null): Promise<string> {
  if (!stream) return '';
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
