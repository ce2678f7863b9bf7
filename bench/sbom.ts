// pnpm bench:sbom [CASE…]
// What the two steps of an inventory take at the sizes that hurt, each case in a process of its own: choosing among 60
// catalogers for 3 million entries; joining 40 000 npm packages, then 500 000 selected paths with 1 000 file lists; and
// archives that take long to read, in the thread of the pass and in workers beside it.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { indexLayer, mergeLayers, walkLayer } from '../packages/layer-extract/src/index.ts';
import { createSelector } from '../packages/sbom/src/analyze/selector.ts';
import type { NpmFacts } from '../packages/sbom/src/catalogers/npm/facts.ts';
import { decodeOwnedPaths, OwnedPaths } from '../packages/sbom/src/catalogers/owned-path.ts';
import {
  analyzeLayer,
  assembleInventory,
  type Cataloger,
  type Finding,
  type LayerFacts,
  npmCataloger,
} from '../packages/sbom/src/index.ts';
import { serveCatalogers } from '../packages/sbom/src/worker/serve-catalogers.ts';
import { createWorkerIsolation } from '../packages/sbom/src/worker/worker-isolation.ts';

interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The part of it that the thread of the pass took. */
  readonly threadMs: number;
  /** Growth of the heap over the measured part. */
  readonly heapBytes: number;
}

const header = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

const cases: Readonly<Record<string, () => Promise<Figures>>> = {
  'select 3 000 000': async () => selectPass(3_000_000),
  'assemble 40 000 npm': async () => assemble(40_000, 0),
  'assemble 500 000 paths': async () => assemble(40_000, 460_000),
  'archives here': async () => readArchives(0),
  'archives, 1 worker': async () => readArchives(1),
  'archives, 2 workers': async () => readArchives(2),
};

/** Reads as long as an archive of its size takes to inflate and look through. */
const archives: Cataloger = {
  ...{ name: 'archives', version: '1', select: { suffixes: ['.jar'] }, isolate: { deadline: 30_000 } },
  async extract(file) {
    const access = await file.random();
    const bytes = await access.read(0, access.size);
    let digest = '';
    for (let time = 0; time < 20; time += 1) digest = createHash('sha256').update(bytes).digest('hex');
    return digest;
  },
  assemble: () => [],
};

if (!isMainThread) serveCatalogers([archives]);
else if (process.argv[2] === '--case') console.log(JSON.stringify(await cases[process.argv[3] ?? '']?.()));
else await report(process.argv.length > 2 ? process.argv.slice(2) : Object.keys(cases));

async function report(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const args = ['--no-warnings', '--expose-gc', import.meta.filename, '--case', name];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { wallMs, cpuMs, threadMs, heapBytes } = JSON.parse(stdout) as Figures;
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`.padStart(10);
    const heap = `${(heapBytes / 1e6).toFixed(1)} MB`.padStart(10);
    const times = `${seconds(wallMs)} wall${seconds(cpuMs)} user+sys${seconds(threadMs)} in the thread`;
    process.stdout.write(`${name.padEnd(24)}${times}${heap} heap\n`);
  }
}

async function measured(work: () => unknown): Promise<Figures> {
  globalThis.gc?.();
  const [heap, cpu, thread] = [process.memoryUsage().heapUsed, process.cpuUsage(), process.threadCpuUsage()];
  const started = performance.now();
  await work();
  const wallMs = performance.now() - started;
  const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
  const heapBytes = process.memoryUsage().heapUsed - heap;
  const [cpuMs, threadMs] = [process.cpuUsage(cpu), process.threadCpuUsage(thread)].map(milliseconds) as [
    number,
    number,
  ];
  return { wallMs, cpuMs, threadMs, heapBytes };
}

async function selectPass(entries: number): Promise<Figures> {
  const selector = createSelector(
    Array.from({ length: 60 }, (_, index) => ({
      ...{ name: `c${index}`, version: '1', extract: async () => undefined, assemble: () => [] },
      select: { names: [`lock-${index}.json`], suffixes: [`.s${index}`], directories: [`d${index}.d`] },
    })),
  );
  const path = (at: number): string => `usr/lib/node_modules/package-${at % 5000}/lib/file-${at}.js`;
  // Flat texts, as they come out of a layer.
  const paths = Array.from({ length: entries }, (_, at) => Buffer.from(path(at)).toString('latin1'));
  const pass = (): number => {
    let wanted = 0;
    for (let at = 0; at < paths.length; at += 1) wanted += selector.byPath(paths[at] as string, 'file').length;
    return wanted;
  };
  // Until all is compiled; before that, numbers go through the heap.
  if (pass() + pass() + pass() > 0) throw new Error('nothing was to be wanted');
  return measured(pass);
}

function selectedFile(at: number): string {
  return `usr/lib/x/d${at % 3000}/file-${at}.sel`;
}

/** Makes the facts by hand: reading the files is not what is measured. */
async function assemble(packages: number, files: number): Promise<Figures> {
  const catalogers = [npmCataloger as Cataloger, fileLists(files)];
  const paths: LayerFacts['paths'][number][] = [];
  for (let at = 0; at < packages; at += 1) {
    const name = `package-${at % 8000}`;
    const below = at < 8000 ? '' : `package-${(at * 13) % 8000}/node_modules/`;
    const dependencies = Array.from({ length: 8 }, (_, other) => `package-${(at * 7 + other * 31) % 8000}`);
    const version = `1.${at % 5}.${Math.floor(at / 8000)}`;
    const npm: NpmFacts = { kind: 'manifest', pkg: { name, version, licenses: ['MIT'], dependencies } };
    paths.push({ path: `app/node_modules/${below}${name}/package.json`, kind: 'file', facts: { npm } });
  }
  for (let at = 0; at < files; at += 1) paths.push({ path: selectedFile(at), kind: 'file', facts: { lists: 1 } });
  paths.sort((a, b) => (a.path < b.path ? -1 : 1));
  async function* events() {
    for (const { path } of paths) yield { kind: 'file' as const, path, ...header };
  }
  const { events: indexed, index } = indexLayer(events());
  for await (const event of indexed) void event;
  const view = mergeLayers([index()], { paths: [paths.map(({ path }) => path)] });
  const facts: LayerFacts[] = [
    { version: 1, catalogers: ['lists@1', `npm@${npmCataloger.version}`], paths, problems: [] },
  ];
  const digest = `sha256:${'0'.repeat(64)}`;
  const subject = {
    ...{ reference: 'example.com/large:1', digest, identity: 'manifest' as const, configDigest: digest },
    ...{ platform: { os: 'linux', architecture: 'amd64' }, manifest: {}, config: {}, synthesized: false },
    layers: [{ digest, mediaType: 'application/vnd.oci.image.layer.v1.tar', size: 1 }],
  };
  return measured(() => assembleInventory({ view, facts, catalogers, subject }));
}

/** A thousand OS packages whose lists name all files that are there beside the packages. */
function fileLists(files: number): Cataloger {
  const findings: Finding[] = [];
  for (let owner = 0; owner < Math.min(1_000, files); owner += 1) {
    const occurrence = { path: 'var/lib/dpkg/status', layer: 0, introducedIn: 0 };
    const owned = new OwnedPaths();
    for (let at = owner; at < files; at += 1_000) owned.add(selectedFile(at));
    const identity = { key: `${owner}`, name: `os-${owner}`, version: '1' };
    findings.push({ kind: 'package', type: 'deb', class: 'os', ...identity, occurrence });
    findings.push({ kind: 'ownership', owner: `${owner}`, pathHashes: decodeOwnedPaths(owned.encode()) });
  }
  return {
    ...{ name: 'lists', version: '1', select: { suffixes: ['.sel'] }, extract: async () => undefined },
    *assemble(view) {
      yield* findings;
      const record = { format: 'elf' as const, size: 1, mode: 0o755, sha256: '0'.repeat(64), details: {} };
      for (const { path, layer } of view.all()) yield { kind: 'file', file: { path, layer, ...record } };
    },
  };
}

/** A gzip layer of 100 archives of 2 MB. */
async function readArchives(workers: number): Promise<Figures> {
  const size = 2 * 1024 * 1024;
  const body = Buffer.alloc(size, createHash('sha512').update('archive').digest('base64'));
  const blocks = Array.from({ length: 100 }, (_, at) => Buffer.concat([tarHeader(`opt/${at}.jar`, size), body]));
  const layer = gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 1 });
  async function* open() {
    for (let at = 0; at < layer.length; at += 64 * 1024) yield layer.subarray(at, at + 64 * 1024);
  }
  const blob = { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', open };
  if (workers === 0) return measured(() => analyzeLayer(walkLayer(blob), { catalogers: [archives] }));
  await using isolation = createWorkerIsolation({ workers, module: import.meta.url });
  return await measured(() => analyzeLayer(walkLayer(blob), { catalogers: [archives], isolation }));
}

function tarHeader(path: string, size: number): Buffer {
  const block = Buffer.alloc(512);
  block.write(path);
  block.write('0000644\x000000000\x000000000\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\x0000000000000\0        0`, 124);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
