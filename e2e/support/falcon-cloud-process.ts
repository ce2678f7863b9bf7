import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentEnvironment, agentProgram } from './agent.ts';
import { endProcess, hasEnded } from './end-process.ts';

/** An inventory as the control host of the embedded cloud lists it. */
export interface ListedInventory {
  readonly id: string;
  readonly digest: string;
  readonly agent: string;
  readonly host: 'api' | 'upload';
  readonly repeats: number;
}

/** An `iar falcon-cloud` that can be ended and started again with the same ports and store. */
export interface FalconCloudProcess extends AsyncDisposable {
  /** The variables of its file, secret included. */
  variables(): Promise<Record<string, string>>;
  /** What it has written to standard output and standard error, over all its starts. */
  readonly output: { stdout: string; stderr: string };
  /** Its command line, as everyone on the machine sees it. */
  commandLine(): Promise<string>;
  inventories(): Promise<readonly ListedInventory[]>;
  /** Asks its control host. */
  control(path: string, body?: unknown): Promise<unknown>;
  /** Ends it. @returns exit code or signal */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | NodeJS.Signals | null>;
  start(): Promise<void>;
}

/** Ports that the kernel does not give to others by itself, in most set-ups. */
const ports = { from: 20_000, to: 30_000 };
const patience = 20_000;

/**
 * Starts the built agent as an embedded cloud.
 *
 * @param store - Its directory; the API client is made and kept there.
 */
export async function startFalconCloud(store: string, args: readonly string[] = []): Promise<FalconCloudProcess> {
  const output = { stdout: '', stderr: '' };
  let port = randomInt(ports.from, ports.to);
  let child: ChildProcess | undefined;
  const run = async (): Promise<boolean> => {
    const line = ['falcon-cloud', '--store', store, '--listen', String(port), ...args];
    const started = spawn(agentProgram, line, { stdio: ['ignore', 'pipe', 'pipe'], env: agentEnvironment() });
    child = started;
    return await ready(started, output);
  };
  const end: FalconCloudProcess['end'] = async (signal) => {
    if (child === undefined) return null;
    await endProcess(child, { signal, patience });
    return child.exitCode ?? child.signalCode;
  };
  // Some other program may have one of the ports.
  for (let attempt = 0; !(await run()); attempt += 1) {
    if (attempt === 5) throw new Error(`iar falcon-cloud does not start:\n${output.stderr}`);
    port = randomInt(ports.from, ports.to);
  }
  const control: FalconCloudProcess['control'] = async (path, body) => {
    const change = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`http://127.0.0.1:${port + 3}${path}`, body === undefined ? {} : change);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return await answer.json();
  };
  return {
    ...{ output, end, control },
    variables: async () => parseVariables(await readFile(join(store, 'falcon-cloud.env'), 'utf8')),
    commandLine: async () => (await readFile(`/proc/${child?.pid}/cmdline`, 'utf8')).replaceAll('\0', ' '),
    inventories: async () => (await control('/inventories')) as readonly ListedInventory[],
    async start() {
      if (!(await run())) throw new Error(`iar falcon-cloud does not start again:\n${output.stderr}`);
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
    },
  };
}

/** Waits until it has written its variables, the last of which is the customer id; false where it ends before. */
async function ready(child: ChildProcess, output: { stdout: string; stderr: string }): Promise<boolean> {
  const before = output.stdout.length;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  await once(child, 'spawn');
  const late = AbortSignal.timeout(patience);
  while (!/^AGENT_CID=/m.test(output.stdout.slice(before))) {
    if (hasEnded(child)) return false;
    late.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** Lines of a file of variables; none of the cloud's values is quoted. */
export function parseVariables(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}
