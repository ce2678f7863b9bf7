import { removeDaemonFolder } from '../support/daemon.ts';
import { playgroundFolder, readPlaygroundState } from './playground-state.ts';
import { descendants, endProcess, isRunning, type ProcessRecord } from './process-record.ts';

/** How long the services may take to end, in ms: containers are given time to stop. */
const patience = { keeper: 60_000, left: 5_000 };

/** Ends every process of the playground and removes its folder; gives those that had to be ended. */
export async function endPlayground(): Promise<ProcessRecord[]> {
  const state = await readPlaygroundState();
  const ended: ProcessRecord[] = [];
  if (state) {
    const isKept = await isRunning(state.keeper);
    const processes = isKept ? await descendants(state.keeper.pid) : state.processes;
    // It ends the others in their own way; what it left, or what outlived it, is ended one by one.
    if (await endProcess(state.keeper, patience.keeper)) ended.push(state.keeper, ...processes);
    for (const record of processes) {
      if ((await endProcess(record, patience.left)) && !isKept) ended.push(record);
    }
  }
  await removeDaemonFolder(playgroundFolder);
  return ended;
}
