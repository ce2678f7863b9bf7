import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process in a form that cannot be mistaken for a later one of the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks between the start of the machine and that of the process: field 22 of `/proc/PID/stat`. */
  readonly startedAt: string;
  /** Name of the program. */
  readonly name: string;
}

/** A process that runs now; `undefined` where there is none of that id. */
export async function recordProcess(pid: number): Promise<ProcessRecord | undefined> {
  return (await readStat(pid))?.record;
}

/** Whether that very process still runs. */
export async function isRunning({ pid, startedAt }: ProcessRecord): Promise<boolean> {
  const stat = await readStat(pid);
  // One that has ended and that nobody has asked about yet is still listed.
  return stat?.record.startedAt === startedAt && stat.state !== 'Z';
}

/** The children of a process and theirs. */
export async function descendants(pid: number): Promise<ProcessRecord[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = (await Promise.all(names.map((name) => readStat(Number(name))))).filter((stat) => stat !== undefined);
  const below = (parent: number): ProcessRecord[] =>
    stats.filter((stat) => stat.parent === parent).flatMap(({ record }) => [record, ...below(record.pid)]);
  return below(pid);
}

/**
 * Ends one process by its id, if it is still the one that was recorded; says whether it had to.
 *
 * @param patience ms until it is ended the hard way
 */
export async function endProcess(record: ProcessRecord, patience: number): Promise<boolean> {
  if (!(await isRunning(record))) return false;
  signal(record, 'SIGTERM');
  const deadline = Date.now() + patience;
  while (await isRunning(record)) {
    if (Date.now() > deadline) signal(record, 'SIGKILL');
    await sleep(100);
  }
  return true;
}

function signal({ pid }: ProcessRecord, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // It has ended by itself since it was last looked at.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

interface Stat {
  readonly record: ProcessRecord;
  readonly state: string;
  readonly parent: number;
}

async function readStat(pid: number): Promise<Stat | undefined> {
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
  // The name stands in parentheses and may have some of its own.
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent = ''] = fields;
  const startedAt = fields[19] ?? '';
  return { record: { pid, startedAt, name: text.slice(open + 1, close) }, state, parent: Number(parent) };
}
