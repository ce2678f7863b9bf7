import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How a process is ended. */
export interface EndOptions {
  /** Default `SIGTERM`. */
  readonly signal?: 'SIGTERM' | 'SIGKILL';
  /** ms after which it is killed anyhow. */
  readonly patience: number;
}

/** Whether a process does not run any more, or never did. */
export function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null || pid === undefined;
}

/** Ends a process and waits until it has ended. */
export async function endProcess(child: ChildProcess, { signal = 'SIGTERM', patience }: EndOptions): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), patience);
  await ended;
  clearTimeout(late);
}
