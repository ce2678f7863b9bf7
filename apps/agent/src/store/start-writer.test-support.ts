import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that writes to a state file without end, and says of each thing when it is written. */
export interface Writer {
  /** Names of what was written, in order. */
  readonly acknowledged: readonly string[];
  /** Ends the process by SIGKILL and waits until it is gone and all it said is known. */
  kill(): Promise<void>;
}

/** Starts it and waits until it has written the first thing. */
export async function startWriter(file: string): Promise<Writer> {
  const script = new URL('write-forever.test-support.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@falcon-iar/source', '--no-warnings', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const closed = once(child, 'close');
  lines.on('line', (line) => acknowledged.push(line));
  await Promise.race([once(lines, 'line'), closed]);
  if (acknowledged.length === 0) throw new Error(`the writer ended with ${child.exitCode}`);
  return {
    acknowledged,
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
