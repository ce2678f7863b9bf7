import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endPlayground } from './end-playground.ts';
import type { KeeperMessage } from './keeper.ts';
import { environmentFile, logFile, playgroundFolder, readPlaygroundState } from './playground-state.ts';
import { isRunning } from './process-record.ts';

// Starts the services that integration tests use and leaves them running, to try things by hand. `down.ts` ends them.

const state = await readPlaygroundState();
if (state?.usage && (await isRunning(state.keeper))) {
  report(state.usage);
} else {
  // Whatever a playground left behind that was not ended.
  await endPlayground();
  await mkdir(playgroundFolder, { mode: 0o700 });
  const usage = await bringUp();
  if (usage === undefined) {
    await endPlayground();
    process.exitCode = 1;
  } else {
    report(usage);
  }
}

/** How to use it; `undefined` where a service could not be started. */
async function bringUp(): Promise<string | undefined> {
  process.stderr.write(`Starting; the first time, when kube-apiserver is built, takes ten minutes. Log: ${logFile}\n`);
  const log = await open(logFile, 'w');
  const keeper = fork(join(import.meta.dirname, 'keeper.ts'), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    // From the sources, so that nothing has to be built.
    execArgv: ['--conditions=@falcon-iar/source', '--disable-warning=ExperimentalWarning'],
  });
  let usage: string | undefined;
  let hasReason = false;
  keeper.on('message', (message: KeeperMessage) => {
    if (message.type === 'ready') usage = message.usage;
    else if (message.type === 'started') process.stderr.write(`${message.service}: started\n`);
    else process.stderr.write(`${message.service}: FAILED: ${message.reason}\n`);
    hasReason ||= message.type === 'failed';
  });
  process.once('SIGINT', () => {
    process.stderr.write('Ending what has started …\n');
    keeper.kill('SIGTERM');
  });
  // It lets go of us when all is ready, and by its end.
  await once(keeper, 'disconnect');
  keeper.unref();
  await log.close();
  if (usage === undefined && !hasReason) process.stderr.write(await readFile(logFile, 'utf8'));
  return usage;
}

function report(usage: string): void {
  process.stdout.write(`${usage}
Make all of it known to a shell:   . ${environmentFile}
End it:                            pnpm e2e:down
`);
}
