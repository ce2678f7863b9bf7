// pnpm bench:walk [--runs N] [--json]
// Walks the Debian layer of the real image, with nothing selected, with the files that the default catalogers want read
// to their end, and with what they make of them, and puts the CPU that took beside zlib's alone over the same bytes; then
// four layers at once, and layers of 100 MB and 10 GB made by code for the peak of memory. Each in a process of its own
// with the settings of ./iar, in turn; figures are medians.
import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { realImage } from '../e2e/support/real-image.ts';
import { benchOptions, progress } from './bench-options.ts';
import { measure, medians, type Usage } from './measure.ts';

interface Case {
  readonly title: string;
  readonly action: 'gunzip' | 'walk' | 'select' | 'analyze';
  readonly atOnce?: number;
  /** A file, or the bytes of a layer made by code. */
  readonly layer: string;
  readonly times?: number;
}

const { runs, json } = benchOptions();

// As ./iar sets them.
process.env.MALLOC_ARENA_MAX ??= '2';
process.env.MALLOC_TRIM_THRESHOLD_ ??= '131072';

progress('Making the image (kept for the next time) …');
const debian = await debianLayer(await (await realImage()).layout('gzip'));
// Three times, which is about what an image of 700 MB unpacks to.
const real = { layer: debian, times: 3 };
const cases: readonly Case[] = [
  { title: 'gunzip', action: 'gunzip', ...real },
  { title: 'walk', action: 'walk', ...real },
  { title: 'selected', action: 'select', ...real },
  { title: 'catalogers', action: 'analyze', ...real },
  { title: 'four gunzip', action: 'gunzip', atOnce: 4, ...real },
  { title: 'four walk', action: 'walk', atOnce: 4, ...real },
  { title: 'four catalogers', action: 'analyze', atOnce: 4, ...real },
  { title: 'walk 100 MB', action: 'walk', layer: '100000000' },
  { title: 'walk 10 GB', action: 'walk', layer: '10000000000' },
];
const script = join(import.meta.dirname, 'walk-layer.mjs');
const usages = new Map<string, Usage[]>();
for (let run = 0; run <= runs; run++) {
  progress(`${run === 0 ? 'Warming up' : `Run ${run} of ${runs}`}, load ${loadavg()[0]?.toFixed(1)} …`);
  for (const { title, action, atOnce = 1, times = 1, layer } of cases) {
    // Long enough not to be worth warming up.
    if (run === 0 && (atOnce > 1 || layer === '10000000000')) continue;
    const flags = ['--no-warnings', '--max-semi-space-size=4'];
    const usage = await measure([process.execPath, ...flags, script, action, String(atOnce), String(times), layer]);
    if (run > 0) usages.set(title, [...(usages.get(title) ?? []), usage]);
  }
}
report();

/** The largest layer of an image layout with one image. */
async function debianLayer(layout: string): Promise<string> {
  const blob = (digest: string): string => join(layout, 'blobs', ...digest.split(':'));
  const read = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'));
  const index = (await read(join(layout, 'index.json'))) as { manifests: { digest: string }[] };
  const manifest = (await read(blob(index.manifests[0]?.digest ?? ''))) as {
    layers: { digest: string; size: number }[];
  };
  const [largest] = manifest.layers.toSorted((a, b) => b.size - a.size);
  return blob(largest?.digest ?? '');
}

function report(): void {
  const figures = Object.fromEntries(cases.map(({ title }) => [title, medians(usages.get(title) ?? [])]));
  const of = (title: string): Usage => figures[title] as Usage;
  const ratio = {
    walkCpu: of('walk').cpuMs / of('gunzip').cpuMs,
    selectedCpu: of('selected').cpuMs / of('gunzip').cpuMs,
    catalogersCpu: of('catalogers').cpuMs / of('gunzip').cpuMs,
    rss: of('walk 10 GB').rssBytes / of('walk 100 MB').rssBytes,
  };
  const cores = {
    gunzip: coresOf(of('four gunzip')),
    walk: coresOf(of('four walk')),
    catalogers: coresOf(of('four catalogers')),
  };
  if (json) {
    process.stdout.write(`${JSON.stringify({ runs, figures, ratio, cores })}\n`);
    return;
  }
  const rows = cases.map(({ title }) => {
    const { wallMs, cpuMs, rssBytes } = of(title);
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`.padStart(10);
    return `${title.padEnd(18)}${seconds(wallMs)}${seconds(cpuMs)}${String(Math.round(rssBytes / 1e6)).padStart(8)} MB`;
  });
  process.stdout.write(
    [
      `${''.padEnd(18)}${'wall'.padStart(10)}${'user+sys'.padStart(10)}${'peak RSS'.padStart(11)}`,
      ...rows,
      `CPU beside gunzip: ${ratio.walkCpu.toFixed(2)} x walking, ${ratio.selectedCpu.toFixed(2)} x with the files selected, ${ratio.catalogersCpu.toFixed(2)} x with catalogers`,
      ...Object.entries(cores).map(([title, use]) => `four at once, ${title}: ${coreText(use)}`),
      `10 GB beside 100 MB: ${ratio.rss.toFixed(2)} x the RSS; medians of ${runs} runs`,
      '',
    ].join('\n'),
  );
}

/** How many cores a run used, and how many the hypervisor left it. */
function coresOf({ wallMs, cpuMs, stolenMs }: Usage): { readonly used: number; readonly given: number } {
  return { used: cpuMs / wallMs, given: availableParallelism() - stolenMs / wallMs };
}

function coreText({ used, given }: { readonly used: number; readonly given: number }): string {
  return `${used.toFixed(2)} of the ${given.toFixed(2)} cores it was given`;
}
