// pnpm bench:directory [--runs N] [--json]
// Walks the tree of the real image: its events alone, with the first bytes of each file, and with all of them, beside GNU
// tar, which packs the same tree for a reader that throws it away. Each in a process of its own, in turn, the tree in the
// page cache; figures are medians.
import { join } from 'node:path';
import { realImage } from '../e2e/support/real-image.ts';
import { benchOptions, progress } from './bench-options.ts';
import { measure, measureProgram, medians, type Usage } from './measure.ts';

const { runs, json } = benchOptions();

// As ./iar sets them.
process.env.MALLOC_ARENA_MAX ??= '2';
process.env.MALLOC_TRIM_THRESHOLD_ ??= '131072';

progress('Making the image (kept for the next time) …');
const { tree } = await realImage();
const script = join(import.meta.dirname, 'walk-directory.mjs');
const walk = (read: string) => () =>
  measure([process.execPath, '--no-warnings', '--max-semi-space-size=4', script, read, tree]);
const cases: Readonly<Record<string, () => Promise<Usage>>> = {
  tar: () => measureProgram(['sh', '-c', 'tar -C "$0" -cf - . | cat > /dev/null', tree]),
  events: walk('nothing'),
  heads: walk('heads'),
  contents: walk('contents'),
};
const usages = new Map<string, Usage[]>();
for (let run = 0; run <= runs; run++) {
  progress(run === 0 ? 'Warming up …' : `Run ${run} of ${runs} …`);
  for (const [title, one] of Object.entries(cases)) {
    const usage = await one();
    if (run > 0) usages.set(title, [...(usages.get(title) ?? []), usage]);
  }
}
report();

function report(): void {
  const figures = Object.fromEntries([...usages].map(([title, list]) => [title, medians(list)]));
  const ratio = (figures.contents as Usage).wallMs / (figures.tar as Usage).wallMs;
  if (json) {
    process.stdout.write(`${JSON.stringify({ runs, figures, ratio })}\n`);
    return;
  }
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`.padStart(10);
  const rows = Object.entries(figures).map(
    ([title, { wallMs, cpuMs, rssBytes }]) =>
      `${title.padEnd(10)}${seconds(wallMs)}${seconds(cpuMs)}${String(Math.round(rssBytes / 1e6)).padStart(8)} MB`,
  );
  process.stdout.write(
    [
      `${''.padEnd(10)}${'wall'.padStart(10)}${'user+sys'.padStart(10)}${'peak RSS'.padStart(11)}`,
      ...rows,
      `all contents beside tar: ${ratio.toFixed(2)} x the wall time; medians of ${runs} runs`,
      '',
    ].join('\n'),
  );
}
