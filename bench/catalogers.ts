// pnpm bench:catalogers [--runs N] [--json]
// What each cataloger costs in a scan of the real image, all of them on: the agent runs from its sources under V8's
// profiler, and each sample of its threads counts for the cataloger whose code is nearest to it on the stack. Loading
// modules is left out, for the built agent loads other ones. What zlib and the system do in threads of theirs is not seen.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { realImage } from '../e2e/support/real-image.ts';
import { runTool } from '../e2e/support/run-tool.ts';
import { benchOptions } from './bench-options.ts';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Id of the node that ran, for each sample. */
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const { runs, json } = benchOptions();

const root = dirname(import.meta.dirname);
const catalogers = join(root, 'packages/sbom/src/catalogers');
/** Code that one cataloger alone uses, and that runs without a frame of it on the stack after a wait. */
const ownedByOne: Readonly<Record<string, string>> = {
  'packages/sbom/src/scan-text': 'secret',
  'packages/sbom/src/executable': 'executable',
};
/** Folders beside the catalogers' own, which several share. */
const shared = new Set(['text']);
const loading = /^node:internal\/(?:modules|bootstrap|deps\/amaro)|^evalmachine/;

const layout = await (await realImage()).layout('gzip');
const took = new Map<string, number>();
let total = 0;
for (let run = 0; run < runs; run++) {
  const directory = await mkdtemp(join(tmpdir(), 'falcon-iar-profile-'));
  try {
    const flags = ['--no-warnings', '--max-semi-space-size=4', '--conditions=@falcon-iar/source'];
    const profiling = ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${directory}`];
    const program = join(root, 'apps/agent/src/main.ts');
    await runTool(process.execPath, [...flags, ...profiling, program, 'scan', '-q', `oci-layout:${layout}`]);
    for (const file of await readdir(directory)) {
      count(JSON.parse(await readFile(join(directory, file), 'utf8')) as Profile);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
report();

function count({ nodes, samples, timeDeltas }: Profile): void {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const owners = new Map<number, string | undefined>();
  const ownerOf = (id: number): string | undefined => {
    const stack: ProfileNode[] = [];
    for (let node = byId.get(id); node !== undefined; node = parents.get(node.id)) stack.push(node);
    if (stack.some(({ callFrame }) => callFrame.functionName === '(idle)' || isLoading(callFrame))) return undefined;
    for (const { callFrame } of stack) {
      const owner = catalogerOf(callFrame.url);
      if (owner !== undefined) return owner;
    }
    return stack[0]?.callFrame.functionName === '(garbage collector)' ? 'garbage collection' : 'the pass itself';
  };
  for (const [index, id] of samples.entries()) {
    if (!owners.has(id)) owners.set(id, ownerOf(id));
    const owner = owners.get(id);
    if (owner === undefined) continue;
    const time = timeDeltas[index] ?? 0;
    total += time;
    took.set(owner, (took.get(owner) ?? 0) + time);
  }
}

function isLoading({ functionName, url }: ProfileNode['callFrame']): boolean {
  return loading.test(url) || functionName === 'compileSourceTextModule' || functionName === '(program)';
}

function catalogerOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  const path = fileURLToPath(url);
  const [name, ...rest] = relative(catalogers, path).split(sep);
  if (name !== undefined && name !== '..' && rest.length > 0) return shared.has(name) ? undefined : name;
  return Object.entries(ownedByOne).find(([folder]) => path.startsWith(join(root, folder) + sep))?.[1];
}

function report(): void {
  const rows = [...took].sort(([, a], [, b]) => b - a).map(([name, time]) => ({ name, share: time / total }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ runs, busyMs: total / 1000 / runs, shares: rows })}\n`);
    return;
  }
  const lines = rows
    .filter(({ share }) => share >= 0.001)
    .map(({ name, share }) => `${name.padEnd(20)}${(share * 100).toFixed(1).padStart(6)} %`);
  const busy = `${(total / 1e6 / runs).toFixed(2)} s of JavaScript in a scan, mean of ${runs} runs`;
  process.stdout.write([...lines, '', busy, ''].join('\n'));
}
