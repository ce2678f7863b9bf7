// pnpm bench [--runs N] [--compression gzip|zstd|none] [--json]
// Scans a real image from a real registry on this machine, and puts what that took beside what the same bytes take at
// least (floor.ts). The two alternate, after a first run of each that does not count; figures are medians.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDockerRegistry } from '../e2e/support/docker-registry.ts';
import type { LayerCompression } from '../e2e/support/oci-layout.ts';
import { pushImage } from '../e2e/support/pushed-image.ts';
import { realImage } from '../e2e/support/real-image.ts';
import { progress, wholeRuns } from './bench-options.ts';
import { measure, medians, type Usage } from './measure.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    compression: { type: 'string', default: 'gzip' },
    json: { type: 'boolean', default: false },
  },
});
const runs = wholeRuns(values.runs);
const compression = values.compression as LayerCompression;
if (!['gzip', 'zstd', 'none'].includes(compression)) throw new Error('--compression: gzip, zstd or none');

progress('Making the image (kept for the next time) …');
const layout = await (await realImage()).layout(compression);
const output = await mkdtemp(join(tmpdir(), 'falcon-iar-bench-'));
await using registry = await startDockerRegistry();
try {
  const reference = `${registry.host}/bench/real:${compression}`;
  await pushImage(layout, { reference });
  const agent = join(dirname(import.meta.dirname), 'iar');
  const commands = {
    iar: [agent, 'scan', '-q', reference, '-o', `cyclonedx-json=${join(output, 'sbom.json')}`],
    floor: [process.execPath, '--no-warnings', join(import.meta.dirname, 'floor.ts'), reference],
  } as const satisfies Record<string, readonly [string, ...string[]]>;

  const measured = { iar: [] as Usage[], floor: [] as Usage[] };
  for (let run = 0; run <= runs; run++) {
    progress(run === 0 ? 'Warming up …' : `Run ${run} of ${runs} …`);
    for (const name of ['floor', 'iar'] as const) {
      const usage = await measure(commands[name]);
      if (run > 0) measured[name].push(usage);
    }
  }
  const result = { iar: medians(measured.iar), floor: medians(measured.floor) };
  const ratio = {
    wall: result.iar.wallMs / result.floor.wallMs,
    cpu: result.iar.cpuMs / result.floor.cpuMs,
    rss: result.iar.rssBytes / result.floor.rssBytes,
  };
  if (values.json) process.stdout.write(`${JSON.stringify({ compression, runs, ...result, ratio, measured })}\n`);
  else process.stdout.write(table(result, ratio));
} finally {
  await rm(output, { recursive: true, force: true });
}

function table(result: Record<'iar' | 'floor', Usage>, ratio: Record<'wall' | 'cpu' | 'rss', number>): string {
  const line = (title: string, wall: string, cpu: string, rss: string): string =>
    `${title.padEnd(8)}${wall.padStart(12)}${cpu.padStart(14)}${rss.padStart(12)}\n`;
  const row = (title: string, { wallMs, cpuMs, rssBytes }: Usage): string =>
    line(
      title,
      `${(wallMs / 1000).toFixed(2)} s`,
      `${(cpuMs / 1000).toFixed(2)} s`,
      `${Math.round(rssBytes / 1e6)} MB`,
    );
  return [
    `${compression} layers, medians of ${runs} runs\n`,
    line('', 'wall', 'user+sys', 'peak RSS'),
    row('iar', result.iar),
    row('floor', result.floor),
    line(
      'ratio',
      ...([ratio.wall, ratio.cpu, ratio.rss].map((value) => `${value.toFixed(2)} x`) as [string, string, string]),
    ),
  ].join('');
}
