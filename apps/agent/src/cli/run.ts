import { CommanderError } from 'commander';
import { exitCode, signalExitCode } from './exit-code.ts';
import { createProgram } from './program.ts';
import { reportError } from './report-error.ts';

/** Runs one command line and sets the exit code; the process then ends by itself. */
export async function run(args: readonly string[]): Promise<void> {
  const interrupt = new AbortController();
  const release = abortOnSignals(interrupt);
  process.stdout.on('error', onStdoutError);
  const verbosity = { verbose: false };
  try {
    process.exitCode = exitCode.done;
    const normalized = args[0] === 'run' ? await singleDashFlags(args) : args;
    const program = await createProgram({ args: normalized, signal: interrupt.signal, verbosity });
    await program.parseAsync([...normalized], { from: 'user' });
  } catch (error) {
    process.exitCode = failureCode(error, interrupt.signal, verbosity);
  } finally {
    release();
  }
}

/** The public chart starts its agent with `-runmode watcher`. */
async function singleDashFlags(args: readonly string[]): Promise<readonly string[]> {
  const { normalizeRunArguments } = await import('../config/run-options.ts');
  return normalizeRunArguments(args);
}

function failureCode(error: unknown, signal: AbortSignal, verbosity: { readonly verbose: boolean }): number {
  if (signal.aborted) {
    process.stderr.write('iar: interrupted\n');
    return signalExitCode(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  }
  if (isBrokenPipe(error)) return exitCode.brokenPipe;
  // commander has written its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  return reportError(error, process.stderr, verbosity);
}

/** The first signal stops the work cleanly, the second ends the process at once. */
function abortOnSignals(interrupt: AbortController): () => void {
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const handler = () => {
      if (interrupt.signal.aborted) process.exit(signalExitCode(name));
      interrupt.abort(name);
    };
    process.on(name, handler);
    return () => process.off(name, handler);
  });
  return () => {
    for (const release of handlers) release();
  };
}

/** Whoever reads our output may stop reading; without a listener that would end in a stack trace. */
function onStdoutError(error: Error): void {
  if (!isBrokenPipe(error)) throw error;
  process.exitCode = exitCode.brokenPipe;
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === 'EPIPE';
}
