import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, hasEnded } from './end-process.ts';

/** A program that can be ended and started again with the same arguments. */
export interface ServiceProcess {
  /** Starts it and waits until it is ready. */
  start(): Promise<void>;
  /** Ends it as an administrator would, and after some seconds anyhow. */
  stop(): Promise<void>;
  /** Ends it without any chance to say goodbye (SIGKILL). */
  kill(): Promise<void>;
}

/** What to run, and how to see that it works. */
export interface ServiceProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** Asked until it says yes; what it throws counts as no. */
  isReady(): Promise<boolean>;
}

/** How long a program may take until it is ready, and how long to end, in ms. */
const patience = { ready: 120_000, end: 3_000 };

/** A program that does not run yet. */
export function serviceProcess(program: ServiceProgram): ServiceProcess {
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child) await endProcess(child, { signal: 'SIGKILL', patience: patience.end });
  };
  return {
    async start() {
      // Nothing else of the caller's environment: it may have settings of these programs, or a proxy.
      const env = { PATH: process.env.PATH };
      child = spawn(program.command, program.args, { stdio: ['ignore', 'ignore', 'pipe'], env });
      await ready(child, program).catch(async (error: unknown) => {
        await kill();
        throw error;
      });
    },
    async stop() {
      if (child) await endProcess(child, { patience: patience.end });
    },
    kill,
  };
}

/**
 * Starts a program that has a folder of its own.
 *
 * @returns what ends it and removes the folder, which also happens where it does not start
 */
export async function startInFolder(service: ServiceProcess, directory: string): Promise<() => Promise<void>> {
  const close = async (): Promise<void> => {
    await service.stop();
    await rm(directory, { recursive: true, force: true });
  };
  await service.start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return close;
}

async function ready(child: ChildProcess, { command, isReady }: ServiceProgram): Promise<void> {
  const lines: string[] = [];
  // Read on for as long as it runs, so that the pipe never fills.
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines.push(text);
    if (lines.length > 20) lines.shift();
  });
  await once(child, 'spawn');
  const deadline = Date.now() + patience.ready;
  while (!(await isReady().catch(() => false))) {
    if (hasEnded(child)) throw new Error(`${command} ended:\n${lines.join('')}`);
    if (Date.now() > deadline) throw new Error(`${command} is not ready in time:\n${lines.join('')}`);
    await sleep(100);
  }
}
