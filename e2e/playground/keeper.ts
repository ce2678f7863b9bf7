import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentFile, playgroundFolder, toShell, writePlaygroundState } from './playground-state.ts';
import { descendants, endProcess, recordProcess } from './process-record.ts';
import { type PlaygroundService, playgroundServices, type RunningService } from './services.ts';

// The process that stays behind when `up` has ended: it starts the services, serves those that are part of it, and ends
// them all when it is told to (SIGTERM), or when `up` is gone before everything was ready.

/** What `up` is told. */
export type KeeperMessage =
  | { readonly type: 'started'; readonly service: string }
  | { readonly type: 'failed'; readonly service: string; readonly reason: string }
  | { readonly type: 'ready'; readonly usage: string };

type Started = { readonly service: PlaygroundService; readonly running: RunningService };

const ending = Promise.withResolvers<void>();
process.once('SIGTERM', () => ending.resolve());
process.once('SIGINT', () => ending.resolve());
process.once('disconnect', leftAlone);

process.title = 'iar-playground';
// All that the services make goes with the playground's folder.
process.env.TMPDIR = playgroundFolder;
const keeper = (await recordProcess(process.pid))!;
await writePlaygroundState({ keeper, processes: [], usage: '' });
const started: Started[] = [];
const starting = Promise.all(playgroundServices.map(start));
await Promise.race([starting, ending.promise]);
if (started.length === playgroundServices.length) await settle();
else ending.resolve();
await ending.promise;
// One that is about to be ready is waited for, so that it is ended in its own way.
await Promise.race([starting, sleep(10_000)]);
await Promise.all(started.map(({ running }) => running[Symbol.asyncDispose]()));
for (const left of await descendants(process.pid)) await endProcess(left, 5_000);
process.exit(started.length === playgroundServices.length ? 0 : 1);

async function start(service: PlaygroundService): Promise<void> {
  try {
    started.push({ service, running: await service.start(playgroundFolder) });
    await tell({ type: 'started', service: service.name });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await tell({ type: 'failed', service: service.name, reason });
  }
}

/** Writes down what runs and how it is used, and lets go of `up`. */
async function settle(): Promise<void> {
  // In the order of the list, not that of becoming ready.
  const services = playgroundServices.map((service) => started.find((other) => other.service === service)!);
  const environment = Object.assign({}, ...services.map(({ running }) => running.environment));
  for (const { running } of services) await running.populate?.(environment);
  await writeFile(environmentFile, toShell(environment), { mode: 0o600 });
  const usage = services.map(usageOf).join('\n');
  await writePlaygroundState({ keeper, processes: await descendants(process.pid), usage });
  process.off('disconnect', leftAlone);
  await tell({ type: 'ready', usage });
  if (process.connected) process.disconnect();
}

function usageOf({ service, running }: Started): string {
  const variables = Object.entries(running.environment).map(([name, value]) => `  ${name}=${value}`);
  const examples = running.examples.map((example) => `    ${example}`);
  return [service.name, ...variables, ...examples, ''].join('\n');
}

function leftAlone(): void {
  ending.resolve();
}

async function tell(message: KeeperMessage): Promise<void> {
  if (!process.connected) return;
  // Whoever does not listen any more is told by the end of the channel.
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
