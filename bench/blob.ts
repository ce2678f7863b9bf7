// pnpm bench:blob [--runs N] [--json]
// Streams blobs of 200 MB, 2 GB and 4 GB from a real registry on this machine through the registry client, which leaves
// chunks to the garbage collector or gives them back at once, and the one of 2 GB through `curl | openssl dgst -sha256`, in
// turn. Figures are medians.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startDockerRegistry } from '../e2e/support/docker-registry.ts';
import { benchOptions, progress } from './bench-options.ts';
import { measure, median, medians, type Usage } from './measure.ts';
import { pushRandomBlob } from './random-blob.ts';

const { runs, json } = benchOptions();
const compared = 2_000_000_000;
const sizes = [200_000_000, compared, 4_000_000_000];

await using registry = await startDockerRegistry();
const repository = `http://${registry.host}/v2/bench/blob`;
/** What becomes of a chunk once it has been looked at. */
const fates = ['keep', 'free'] as const;
const usages = new Map<string, Usage[]>();
const pipes: number[] = [];
const blobs = [];
for (const size of sizes) {
  progress(`Pushing ${size / 1e6} MB …`);
  blobs.push(await pushRandomBlob(repository, size));
}
for (let run = 0; run <= runs; run++) {
  progress(run === 0 ? 'Warming up …' : `Run ${run} of ${runs} …`);
  for (const { digest, size } of blobs) {
    const script = join(import.meta.dirname, 'stream-blob.mjs');
    const name = `${registry.host}/bench/blob`;
    for (const fate of fates) {
      const usage = await measure([process.execPath, '--no-warnings', script, name, digest, String(size), fate]);
      if (run > 0) usages.set(`${fate} ${size}`, [...(usages.get(`${fate} ${size}`) ?? []), usage]);
    }
    if (size !== compared) continue;
    const pipe = await timePipe(`${repository}/blobs/${digest}`, digest);
    if (run > 0) pipes.push(pipe);
  }
}
report();

/** ms that `curl URL | openssl dgst -sha256` takes. */
async function timePipe(url: string, digest: string): Promise<number> {
  const started = performance.now();
  const child = spawn('bash', ['-o', 'pipefail', '-c', 'curl --silent --fail "$0" | openssl dgst -sha256', url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 || !text.includes(digest.slice('sha256:'.length))) throw new Error(`curl ${url}: ${text}`);
  return performance.now() - started;
}

function report(): void {
  const rate = (size: number, ms: number): number => size / 1e3 / ms;
  const rows = fates.flatMap((fate) =>
    sizes.map((size) => {
      const { wallMs, rssBytes } = medians(usages.get(`${fate} ${size}`) ?? []);
      return { fate, size, rate: rate(size, wallMs), rssBytes };
    }),
  );
  const pipeRate = rate(compared, median(pipes));
  const slowest = Math.min(...rows.filter(({ size }) => size === compared).map((row) => row.rate));
  const ratio = slowest / pipeRate;
  if (json) {
    process.stdout.write(`${JSON.stringify({ runs, rows, pipeRate, ratio })}\n`);
    return;
  }
  const lines = rows.map(
    (row) =>
      `client, chunks ${row.fate === 'keep' ? 'kept ' : 'freed'}, ${String(row.size / 1e6).padStart(4)} MB ${row.rate.toFixed(0).padStart(6)} MB/s ` +
      `${String(Math.round(row.rssBytes / 1e6)).padStart(5)} MB peak RSS`,
  );
  lines.push(`curl | openssl,        ${compared / 1e6} MB ${pipeRate.toFixed(0).padStart(6)} MB/s`);
  lines.push(`ratio ${ratio.toFixed(2)} x, medians of ${runs} runs`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
