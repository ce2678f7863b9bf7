// pnpm bench:peers [--runs N] [--json]
// Scans one real image (an OCI layout with gzip layers) with this project's agent, with Trivy and with
// snyk-docker-plugin, in turn, after a first run of each that does not count. Prints what each took (medians) and what
// each found by type, and every package that a peer found and the agent did not, with the files that name it and whether
// a container would see them.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { realImage } from '../e2e/support/real-image.ts';
import { runTool } from '../e2e/support/run-tool.ts';
import { benchOptions, progress } from './bench-options.ts';
import { whereabouts } from './gone-packages.ts';
import { measureProgram, medians, type Usage } from './measure.ts';
import { type PackageName, packagesOfCycloneDx, packagesOfSnyk } from './package-names.ts';
import { peerTools } from './peer-tools.ts';

const { runs, json } = benchOptions();

progress('Making the image and installing the peers (kept for the next time) …');
const layout = await (await realImage()).layout('gzip');
const { trivy, trivyCache, snyk } = await peerTools();
const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-peers-'));
try {
  const archive = join(directory, 'image.tar');
  await runTool('tar', ['-c', '-f', archive, '-C', layout, '.']);
  const output = (name: string): string => join(directory, `${name}.json`);
  const agent = join(dirname(import.meta.dirname), 'iar');
  const scan = [agent, 'scan', '-q', `oci-layout:${layout}`] as const;
  const withoutExtras = '-secret,-classifier';
  const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
    iar: [...scan, '--catalogers', withoutExtras, '-o', `cyclonedx-json=${output('iar')}`],
    'iar, all': [...scan, '-o', `cyclonedx-json=${output('iar-all')}`],
    trivy: [
      ...[trivy, 'image', '--input', layout, '--offline-scan', '--skip-java-db-update', '--format', 'cyclonedx'],
      ...['--quiet', '--cache-dir', trivyCache, '--output', output('trivy')],
    ] as [string, ...string[]],
    snyk: [process.execPath, join(import.meta.dirname, 'snyk-scan.mjs'), snyk, archive, output('snyk')],
  };
  const measured = new Map<string, Usage[]>(Object.keys(commands).map((name) => [name, []]));
  for (let run = 0; run <= runs; run++) {
    progress(run === 0 ? 'Warming up …' : `Run ${run} of ${runs} …`);
    for (const [name, command] of Object.entries(commands)) {
      // Trivy keeps what it knows of an image; each run is to be its first.
      if (name === 'trivy') await rm(join(trivyCache, 'fanal'), { recursive: true, force: true });
      const usage = await measureProgram(command);
      if (run > 0) measured.get(name)?.push(usage);
    }
  }
  const read = async (name: string): Promise<unknown> => JSON.parse(await readFile(output(name), 'utf8'));
  const found = {
    iar: packagesOfCycloneDx(await read('iar-all')),
    trivy: packagesOfCycloneDx(await read('trivy')),
    snyk: packagesOfSnyk(await read('snyk')),
  };
  const usage = Object.fromEntries(Array.from(measured, ([name, usages]) => [name, medians(usages)]));
  const missed = [...(await missing(found.trivy, 'trivy')), ...(await missing(found.snyk, 'snyk'))];
  if (json) process.stdout.write(`${JSON.stringify({ runs, usage, measured: [...measured], missed })}\n`);
  else process.stdout.write([...usageLines(usage), '', ...typeLines(found), '', ...missed, ''].join('\n'));

  async function missing(packages: readonly PackageName[], peer: string): Promise<string[]> {
    const ours = new Set(found.iar.map(keyOf));
    const missed = packages.filter((pkg) => !ours.has(keyOf(pkg)));
    const lines = Array.from(await whereabouts(layout, missed), ([pkg, places]) => {
      return [`only ${peer}: ${keyOf(pkg)}`, ...(places.length === 0 ? ['no file names it'] : places)].join('\n    ');
    });
    return [`${peer} found ${missed.length} that iar did not`, ...lines];
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}

function keyOf({ type, name, version }: PackageName): string {
  return `${type} ${name} ${version}`;
}

function usageLines(usage: Readonly<Record<string, Usage>>): string[] {
  const trivyUsage = usage.trivy as Usage;
  const cell = (value: number, unit: string, part: number): string =>
    `${value.toFixed(2)} ${unit} (${part.toFixed(2)} x)`.padStart(22);
  return [
    `${'medians'.padEnd(10)}${'wall'.padStart(22)}${'user+sys'.padStart(22)}${'peak RSS'.padStart(22)}   (x: of Trivy's)`,
    ...Object.entries(usage).map(
      ([name, { wallMs, cpuMs, rssBytes }]) =>
        name.padEnd(10) +
        cell(wallMs / 1000, 's', wallMs / trivyUsage.wallMs) +
        cell(cpuMs / 1000, 's', cpuMs / trivyUsage.cpuMs) +
        cell(rssBytes / 1e6, 'MB', rssBytes / trivyUsage.rssBytes),
    ),
  ];
}

function typeLines(found: Readonly<Record<string, readonly PackageName[]>>): string[] {
  const types = new Set(Object.values(found).flatMap((packages) => packages.map(({ type }) => type)));
  const count = (packages: readonly PackageName[], type: string): number =>
    new Set(packages.filter((pkg) => pkg.type === type).map(keyOf)).size;
  const names = Object.keys(found);
  return [
    'packages'.padEnd(16) + names.map((name) => name.padStart(10)).join(''),
    ...[...types]
      .sort()
      .map(
        (type) => type.padEnd(16) + names.map((name) => String(count(found[name] ?? [], type)).padStart(10)).join(''),
      ),
  ];
}
