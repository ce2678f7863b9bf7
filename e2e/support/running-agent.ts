import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { agentEnvironment, agentProgram } from './agent.ts';

/** A line of the agent's log. */
export interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** An `iar run` that runs. */
export interface RunningAgent extends AsyncDisposable {
  /** What it has logged so far. */
  readonly lines: readonly LogLine[];
  /** What it wrote that is no log. */
  readonly strays: readonly string[];
  /** Waits for a line, also one that has come already. */
  logged(matches: (line: LogLine) => boolean, timeout?: number): Promise<LogLine>;
  /** Waits until something holds; where it does not, says what the agent has logged. */
  until(holds: () => boolean, timeout?: number): Promise<void>;
  /** Body of a path of its HTTP port. */
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** Its largest resident set so far, bytes. */
  peakMemory(): Promise<number>;
  /** Ends it and waits for that. @returns exit code or signal */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>;
  /** Settles when it has ended, by itself or not. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/**
 * Starts the built agent. Its environment holds nothing of the caller's; its HTTP port is a free one on loopback.
 *
 * @param args - Behind `iar run`.
 */
export function startAgent(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningAgent {
  const environment = agentEnvironment({ IAR_HTTP_PORT: '0', IAR_HTTP_HOST: '127.0.0.1', ...env });
  return follow(spawn(agentProgram, ['run', ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: environment }));
}

/** Follows a process that writes the agent's log, such as a container of it. */
export function follow(child: ChildProcess): RunningAgent {
  const lines: LogLine[] = [];
  const strays: string[] = [];
  const listeners = new Set<() => void>();
  const take = (text: string): void => {
    const line = parse(text);
    if (line === undefined) strays.push(text);
    else lines.push(line);
    for (const listener of listeners) listener();
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream! }).on('line', take);
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null);
  const end = async (signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return await ended;
  };
  const tell = (why: string): Error => new Error(`${why}:\n${[...lines.map(toText), ...strays].slice(-40).join('\n')}`);
  const until: RunningAgent['until'] = (holds, timeout = 60_000) =>
    new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        clearTimeout(late);
        clearInterval(polling);
        listeners.delete(look);
        settle();
      };
      const look = (): void => {
        if (holds()) finish(resolve);
      };
      const late = setTimeout(() => finish(() => reject(tell(`not so within ${timeout} ms`))), timeout);
      const polling = setInterval(look, 50);
      listeners.add(look);
      ended.then((code) => finish(() => reject(tell(`the agent ended with ${code}`))), reject);
      look();
    });
  const logged: RunningAgent['logged'] = async (matches, timeout) => {
    await until(() => lines.some(matches), timeout);
    return lines.find(matches)!;
  };
  return {
    ...{ lines, strays, logged, until, end, ended },
    async get(path) {
      const { port } = await logged(({ msg }) => msg === 'health and metrics are served');
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: answer.status, body: await answer.text() };
    },
    async peakMemory() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}

function parse(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'msg' in value ? (value as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

function toText(line: LogLine): string {
  return JSON.stringify(line);
}
