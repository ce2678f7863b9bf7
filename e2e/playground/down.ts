import { endPlayground } from './end-playground.ts';

// Ends what `up.ts` left running.

const ended = await endPlayground();
for (const { pid, name } of ended) process.stdout.write(`ended ${name} (${pid})\n`);
if (ended.length === 0) process.stdout.write('Nothing was running.\n');
