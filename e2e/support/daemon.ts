import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, hasEnded } from './end-process.ts';
import { runTool } from './run-tool.ts';

/** A process that listens on a unix socket. */
export interface Daemon {
  readonly socketPath: string;
  /** Ends the process and starts it anew, with the state it had; `between` runs while it is down. */
  restart(between?: () => Promise<void>): Promise<void>;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** How long a daemon may take to end by itself, ms. */
const patience = 20_000;

/** Starts a program and waits until somebody answers at its socket. */
export async function startDaemon(command: string, args: readonly string[], socketPath: string): Promise<Daemon> {
  let running = await launch(command, args, socketPath);
  const stop = (): Promise<void> => endProcess(running, { patience });
  return {
    socketPath,
    stop,
    async restart(between) {
      await stop();
      try {
        await between?.();
      } finally {
        running = await launch(command, args, socketPath);
      }
    },
  };
}

/** A folder whose path leaves room for sockets in it, which have to be of less than 108 bytes. */
export async function daemonFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'iar-rt-'));
}

/** Removes a daemon's folder with what is still mounted in it. */
export async function removeDaemonFolder(directory: string): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      await unmountInside(directory);
      // No `maxRetries`: Node multiplies them by each level of folders, which takes hours under a mount.
      await rm(directory, { recursive: true, force: true });
      return;
    } catch (error) {
      // What cleans up after the last container may still be at work, and mounts and writes here again.
      if (Date.now() > deadline) throw error;
    }
    await sleep(100);
  }
}

async function unmountInside(directory: string): Promise<void> {
  const targets = await runTool('findmnt', ['--noheadings', '--raw', '--output', 'TARGET']);
  const inside = targets.split('\n').filter((target) => target.startsWith(`${directory}/`));
  for (const target of inside.reverse()) await runTool('umount', ['--lazy', target]);
}

async function launch(command: string, args: readonly string[], socketPath: string): Promise<ChildProcess> {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  await rm(socketPath, { force: true });
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env });
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => lines.splice(0, lines.length - 20, text));
  for (let tries = 0; tries < 300; tries++) {
    if (await answers(socketPath)) return child;
    if (hasEnded(child)) break;
    await sleep(100);
  }
  await endProcess(child, { patience });
  throw new Error(`${command} does not listen:\n${lines.join('')}`);
}

async function answers(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
