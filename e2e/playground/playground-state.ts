import { readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessRecord } from './process-record.ts';

/** What is kept of a playground that is up, or is coming up. */
export interface PlaygroundState {
  /** The process that started the services and ends them. */
  readonly keeper: ProcessRecord;
  /** All processes of the services; none while it is coming up. */
  readonly processes: readonly ProcessRecord[];
  /** How to use it, for people; '' while it is coming up. */
  readonly usage: string;
}

/** The folder of this user's playground, of which there is one at most. Podman takes no path of more than 50 bytes in it. */
export const playgroundFolder: string = join(tmpdir(), `iar-playground-${process.getuid?.() ?? 0}`);

/** A file of shell assignments: `. FILE` makes the services known to the programs of that shell. */
export const environmentFile: string = join(playgroundFolder, 'env');

/** What the services and their keeper write. */
export const logFile: string = join(playgroundFolder, 'log');

const stateFile = join(playgroundFolder, 'state.json');

/** What is kept; `undefined` where no playground is up. */
export async function readPlaygroundState(): Promise<PlaygroundState | undefined> {
  try {
    return JSON.parse(await readFile(stateFile, 'utf8')) as PlaygroundState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps it; whoever reads meanwhile gets the old or the new one. */
export async function writePlaygroundState(state: PlaygroundState): Promise<void> {
  await writeFile(`${stateFile}.next`, JSON.stringify(state, undefined, 2), { mode: 0o600 });
  await rename(`${stateFile}.next`, stateFile);
}

/** The assignments of the environment file. */
export function toShell(environment: Readonly<Record<string, string>>): string {
  const quote = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`;
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join('');
}
