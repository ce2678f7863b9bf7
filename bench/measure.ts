import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What one run of a program took. */
export interface Usage {
  /** From its start to its end, as seen from outside. */
  readonly wallMs: number;
  /** User and system time of all its threads. */
  readonly cpuMs: number;
  /** Peak resident set size. */
  readonly rssBytes: number;
  /** Time of all cores that the hypervisor gave to others while this wanted them; 0 where Linux does not tell. */
  readonly stolenMs: number;
}

type Command = readonly [program: string, ...args: string[]];

/** Runs a program that is, or becomes, a Node process, and measures it. Rejects when it fails. */
export async function measure(command: Command): Promise<Usage> {
  const file = join(tmpdir(), `falcon-iar-bench-${process.pid}.usage`);
  const hook = pathToFileURL(join(import.meta.dirname, 'report-usage.mjs')).href;
  const taken = await run(command, { ...process.env, BENCH_USAGE: file, NODE_OPTIONS: `--import=${hook}` });
  try {
    const lines = (await readFile(file, 'utf8')).trim().split('\n');
    const processes = lines.map((line) => JSON.parse(line) as { cpuMs: number; rssBytes: number });
    return {
      ...taken,
      cpuMs: processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
      rssBytes: Math.max(...processes.map(({ rssBytes }) => rssBytes)),
    };
  } finally {
    await rm(file, { force: true });
  }
}

/** Runs any program and measures it and the processes it waited for, with `time` of the system. Rejects when it fails. */
export async function measureProgram(command: Command): Promise<Usage> {
  const file = join(tmpdir(), `falcon-iar-bench-${process.pid}.time`);
  const taken = await run(['/usr/bin/time', '-f', '%U %S %M', '-o', file, ...command], process.env);
  try {
    const [user = 0, system = 0, kibibytes = 0] = (await readFile(file, 'utf8')).trim().split(' ').map(Number);
    return { ...taken, cpuMs: (user + system) * 1000, rssBytes: kibibytes * 1024 };
  } finally {
    await rm(file, { force: true });
  }
}

/** Runs a program to its end. Rejects when it fails. */
async function run(command: Command, env: NodeJS.ProcessEnv): Promise<Pick<Usage, 'wallMs' | 'stolenMs'>> {
  const [program, ...args] = command;
  const stolenBefore = await stolen();
  const started = performance.now();
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const wallMs = performance.now() - started;
  const stolenMs = (await stolen()) - stolenBefore;
  if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code ?? signal}`);
  return { wallMs, stolenMs };
}

/** Since the machine started, over all cores (proc(5), /proc/stat: the eighth figure, in hundredths of a second). */
async function stolen(): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const [line = ''] = (await readFile('/proc/stat', 'latin1')).split('\n', 1);
  return Number(line.split(/ +/)[8] ?? 0) * 10;
}

/** Each figure's median over the runs. */
export function medians(runs: readonly Usage[]): Usage {
  return {
    wallMs: median(runs.map((run) => run.wallMs)),
    cpuMs: median(runs.map((run) => run.cpuMs)),
    rssBytes: median(runs.map((run) => run.rssBytes)),
    stolenMs: median(runs.map((run) => run.stolenMs)),
  };
}

/** The middle of some values, or of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
