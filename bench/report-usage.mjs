// Loaded into each measured process with --import: at its end it adds what it used to the file named in BENCH_USAGE.
// Plain JavaScript, so that it costs the measured process nothing to speak of.
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.BENCH_USAGE;
if (isMainThread && file) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    appendFileSync(
      file,
      `${JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, rssBytes: maxRSS * 1024 })}\n`,
    );
  });
}
