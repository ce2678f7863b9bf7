import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeLayer } from '../../packages/sbom/src/analyze/analyze-layer.ts';
import type { Cataloger, RandomAccess } from '../../packages/sbom/src/catalog/cataloger.ts';
import type { LayerEvent } from '../../packages/sbom/src/catalog/layer-event.ts';
import { dotnetAssemblyCataloger } from '../../packages/sbom/src/catalogers/dotnet-assembly/cataloger.ts';
import { elfNoteCataloger } from '../../packages/sbom/src/catalogers/elf-note/cataloger.ts';
import { executableCataloger } from '../../packages/sbom/src/catalogers/executable/cataloger.ts';
import type { ExecutableFacts } from '../../packages/sbom/src/catalogers/executable/facts.ts';
import { goBinaryCataloger } from '../../packages/sbom/src/catalogers/go-binary/cataloger.ts';
import { graalvmCataloger } from '../../packages/sbom/src/catalogers/graalvm/cataloger.ts';
import type { PackageListFacts, StatedPackage } from '../../packages/sbom/src/catalogers/package-list.ts';
import { rustBinaryCataloger } from '../../packages/sbom/src/catalogers/rust-binary/cataloger.ts';
import { type GoBuildInfo, type GoModule, readGoBuildInfo } from '../../packages/sbom/src/go-buildinfo.ts';
import { elfReports, stackProtected } from '../support/elf-tools.ts';
import { extractedDebs } from '../support/extracted-debs.ts';
import { filesLayer } from '../support/files-layer.ts';
import { goPrograms } from '../support/go-programs.ts';
import { npmTarballs } from '../support/npm-tarballs.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';

async function factsOf<F>(paths: readonly string[], cataloger: Cataloger<F>): Promise<ReadonlyMap<string, F>> {
  const layer = await analyzeLayer(filesLayer(paths), { catalogers: [cataloger as Cataloger] });
  expect(layer.problems).toEqual([]);
  return new Map(layer.paths.map(({ path, facts }) => [`/${path}`, facts[cataloger.name] as F]));
}

async function packagesOf(path: string, cataloger: Cataloger<PackageListFacts>): Promise<readonly StatedPackage[]> {
  return (await factsOf([path], cataloger)).get(path)?.packages ?? [];
}

/** At most `count` of a list, from all parts of it. */
function sample<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return list.filter((_, index) => index % step === 0);
}

const canReadElf = canRun('ELF files against readelf', ['readelf', 'file', 'sha256sum', 'nm', 'find']);

describe.runIf(canReadElf)("this machine's programs and libraries", () => {
  let paths: string[];
  let facts: ReadonlyMap<string, ExecutableFacts>;

  beforeAll(async () => {
    const found = await runTool('find', [
      ...['/usr/bin', '/usr/sbin', '/usr/lib'],
      ...['-xdev', '-type', 'f', '-size', '-30M'],
    ]);
    const named: string[] = [];
    for (const path of sample(found.trim().split('\n'), 20_000)) {
      const [name = ''] = path.split('/').slice(-1);
      if (/^[^.]+$|\.(?:so|ko|o)(?:\.|$)/.test(name)) named.push(path);
    }
    const candidates = sample(named, 1_000);
    facts = new Map([...(await factsOf(candidates, executableCataloger))].filter(([, { format }]) => format === 'elf'));
    paths = sample([...facts.keys()].sort(), 400);
  });

  it('have the tables that readelf and file see', async () => {
    expect(paths.length).toBeGreaterThan(100);
    for (let begin = 0; begin < paths.length; begin += 50) {
      const some = paths.slice(begin, begin + 50);
      const reports = await elfReports(some);
      for (const path of some) {
        const { machine: _, byteOrder, canary, compilers, goBuildId, ...details } = facts.get(path)?.details ?? {};
        const { relro, nx, ...report } = reports.get(path) as NonNullable<ReturnType<typeof reports.get>>;
        const loaded = report.type === 'relocatable' ? {} : { relro, nx };
        expect({ path, ...details }).toEqual({ path, ...report, ...loaded });
      }
    }
  });

  it('have the hashes that sha256sum counts', async () => {
    const some = sample(paths, 100);
    const sums = (await runTool('sha256sum', some)).trim().split('\n');
    expect(some.map((path) => `${facts.get(path)?.sha256}  ${path}`)).toEqual(sums);
  });

  it('call the stack protector where nm lists it', async () => {
    const some = sample(paths, 30);
    const theirs = await Promise.all(some.map(stackProtected));
    expect(some.map((path) => [path, facts.get(path)?.details.canary ?? false])).toEqual(
      some.map((path, index) => [path, theirs[index]]),
    );
  });
});

/** What `go version -m` prints of a program, from what was read. */
function printed(path: string, { goVersion, path: main, main: mod, deps, settings }: GoBuildInfo): string {
  const line = (kind: string, { path: module, version = '', sum = '', replace }: GoModule): string[] => [
    replace === undefined ? `\t${kind}\t${module}\t${version}\t${sum}` : `\t${kind}\t${module}\t${version}`,
    ...(replace ? line('=>', replace) : []),
  ];
  const quoted = (value: string): string => (/[ \t\r\n"`]/.test(value) ? JSON.stringify(value) : value);
  return [
    `${path}: ${goVersion}`,
    ...(main === undefined ? [] : [`\tpath\t${main}`]),
    ...(mod === undefined ? [] : line('mod', mod)),
    ...deps.flatMap((dep) => line('dep', dep)),
    ...Object.entries(settings).map(([key, value]) => `\tbuild\t${key}=${quoted(value)}`),
  ].join('\n');
}

/** Without trailing tabs, and without the empty lines that some versions of Go print behind a replacement. */
const plain = (text: string): string =>
  text
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n+/g, '\n')
    .trimEnd();

async function accessOf(path: string): Promise<RandomAccess> {
  const bytes = await readFile(path);
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

const canGo = canRun('Go programs against go version -m', ['go', 'npm', 'tar']);

describe.runIf(canGo)('Go programs', () => {
  let built: Readonly<Record<string, string>>;
  let published: string[];

  beforeAll(async () => {
    built = await goPrograms();
    const newer = ['linux-x64', 'linux-s390x', 'darwin-arm64', 'win32-x64', 'win32-ia32'];
    const directory = await npmTarballs('esbuild-programs', [
      ...newer.map((machine) => `@esbuild/${machine}@0.25.0`),
      // Built with Go 1.16, which wrote the older form.
      ...['esbuild-linux-64@0.8.57', 'esbuild-darwin-64@0.8.57'],
    ]);
    const files = await readdir(directory, { recursive: true, withFileTypes: true });
    published = files
      .filter((file) => file.isFile() && /^esbuild(?:\.exe)?$/.test(file.name))
      .map((file) => join(file.parentPath, file.name));
  });

  it('say the same to us as to Go, whoever built them', async () => {
    const programs = [...Object.values(built), ...published];
    expect(programs.length).toBe(14);
    for (const path of programs) {
      const theirs = await runTool('go', ['version', '-m', path]);
      const info = await readGoBuildInfo(await accessOf(path));
      expect(info && plain(printed(path, info))).toBe(plain(theirs));
    }
  });

  it('list modules as they were replaced, and take their version from the linker', async () => {
    const packages = await packagesOf(built['linux-amd64-stripped'] ?? '', goBinaryCataloger);
    expect(packages.map(({ namespace, name, version }) => `${namespace}/${name}@${version}`)).toEqual([
      'example.com/tool@v4.5.6',
      'example.com/local@v1.1.0',
      'example.com/fork@v1.5.0',
      'example.com/vendored@v1.2.3',
      expect.stringMatching(/^undefined\/stdlib@1\.\d+/),
    ]);
  });

  it('take their version from the commit where nothing else tells it', async () => {
    const path = published.find((file) => file.includes('linux-x64')) ?? '';
    expect((await packagesOf(path, goBinaryCataloger))[0]).toMatchObject({
      namespace: 'github.com/evanw',
      name: 'esbuild',
      version: 'v0.0.0-20250208030126-e9174d671b18',
    });
  });
});

const canRust = canRun('Rust programs', ['rustc', 'cc']);

describe.runIf(canRust)('a Rust program', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'falcon-iar-rust-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(['0', '3'])('lists its crates when compiled with optimization %s and stripped', async (level) => {
    const packages = [
      { name: 'tool', version: '0.1.0', source: 'local', root: true, dependencies: [1] },
      { name: 'serde', version: '1.0.200', source: 'crates.io' },
    ];
    const data = deflateSync(JSON.stringify({ packages }));
    await writeFile(join(directory, 'audit.bin'), data);
    await writeFile(
      join(directory, 'main.rs'),
      `#[used]\n#[link_section = ".dep-v0"]\nstatic AUDIT: [u8; ${data.length}] = *include_bytes!("audit.bin");\nfn main() { println!("{}", AUDIT.len()); }\n`,
    );
    const program = join(directory, `tool-${level}`);
    const flags = ['-C', `opt-level=${level}`, '-C', 'strip=symbols'];
    await runTool('rustc', [...flags, '-o', program, 'main.rs'], { cwd: directory });
    expect(await packagesOf(program, rustBinaryCataloger)).toMatchObject([
      { type: 'cargo', name: 'tool', version: '0.1.0', dependsOn: ['1'] },
      { type: 'cargo', name: 'serde', version: '1.0.200' },
    ]);
  });
});

const canMono = canRun('.NET assemblies against monodis', ['apt-get', 'dpkg-deb', 'npm']);

describe.runIf(canMono)('.NET assemblies', () => {
  it('have the names and versions that monodis prints', async () => {
    const root = await extractedDebs('mono-assemblies', [
      ...['mono-utils', 'libmonoboehm-2.0-1', 'libmono-corlib4.5-dll', 'mono-runtime-common'],
      ...['libnewtonsoft-json5.0-cil', 'libmono-system-xml4.0-cil', 'libmono-system-core4.0-cil'],
      ...['libmono-system4.0-cil', 'libmono-cecil-private-cil', 'libmono-csharp4.0c-cil', 'libmono-ldap4.0-cil'],
      ...['libmono-security4.0-cil', 'libmono-sharpzip4.84-cil', 'libmono-sqlite4.0-cil'],
    ]);
    const files = await readdir(root, { recursive: true, withFileTypes: true });
    const assemblies = files
      .filter((file) => file.isFile() && /\.(?:dll|exe)$/.test(file.name))
      .map((file) => join(file.parentPath, file.name))
      .sort();
    expect(assemblies.length).toBeGreaterThan(10);
    const facts = await factsOf(assemblies, dotnetAssemblyCataloger);
    const env = {
      ...process.env,
      LD_LIBRARY_PATH: join(root, 'usr/lib'),
      MONO_PATH: join(root, 'usr/lib/mono/4.5'),
      MONO_CFG_DIR: join(root, 'etc'),
    };
    for (const path of assemblies) {
      const theirs = await runTool(join(root, 'usr/bin/monodis'), ['--assembly', path], { env });
      const [name, version] = [/^Name: +(.*)$/m.exec(theirs)?.[1], /^Version: +(.*)$/m.exec(theirs)?.[1]];
      const [ours] = facts.get(path)?.packages ?? [];
      expect([path, ours?.name, ours?.details?.assemblyVersion]).toEqual([path, name, version]);
    }
  });

  it('take their version from their resource', async () => {
    const directory = await npmTarballs('edge-assemblies', ['@agracio/edge-cs@1.3.7']);
    const path = join(directory, 'agracio-edge-cs-1.3.7/package/lib/edge-cs.dll');
    expect(await packagesOf(path, dotnetAssemblyCataloger)).toMatchObject([{ name: 'edge-cs', version: '1.3.1' }]);
  });
});

const catalogers = [
  executableCataloger,
  goBinaryCataloger,
  rustBinaryCataloger,
  graalvmCataloger,
  elfNoteCataloger,
  dotnetAssemblyCataloger,
] as readonly Cataloger[];

describe.runIf(canGo && canMono)('real executables that were damaged', () => {
  it('become records, packages or problems, never an error', async () => {
    const built = await goPrograms();
    const directory = await npmTarballs('edge-assemblies', ['@agracio/edge-cs@1.3.7']);
    const paths = [
      ...['linux-s390x', 'windows-amd64.exe', 'darwin-arm64'].map((name) => built[name] ?? ''),
      ...['edge-cs.dll', 'edge-cs-base.dll'].map((name) => join(directory, 'agracio-edge-cs-1.3.7/package/lib', name)),
      ...['/bin/true', '/bin/bash'],
    ];
    const seeds = await Promise.all(paths.map((path) => readFile(path)));
    const edit = fc.record({
      where: fc.double({ min: 0, max: 1, noNaN: true }),
      near: fc.nat(2),
      value: fc.nat(255),
      width: fc.integer({ min: 1, max: 8 }),
    });
    const damaged = fc.record({
      seed: fc.constantFrom(...seeds),
      edits: fc.array(edit, { minLength: 1, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ seed, edits }) => {
        const bytes = Uint8Array.from(seed);
        for (const { where, near, value, width } of edits) {
          // A third each in the headers, in the tables at the end, and anywhere.
          const span = near === 2 ? bytes.length : Math.min(4_096, bytes.length);
          const at = Math.floor(where * (span - width));
          const offset = near === 1 ? bytes.length - span + at : at;
          bytes.fill(value, offset, offset + width);
        }
        const { problems } = await analyzeLayer(bytesLayer('file', bytes), { catalogers });
        for (const { reason } of problems) expect(reason).not.toMatch(/TypeError|RangeError|Cannot read|Invalid/);
      }),
      { numRuns: 400 },
    );
  });
});

async function* bytesLayer(path: string, bytes: Uint8Array): AsyncIterable<LayerEvent> {
  const content = {
    peek: async (length: number) => bytes.subarray(0, length),
    async *[Symbol.asyncIterator]() {
      yield bytes;
    },
  };
  yield { kind: 'file', path, mode: 0o755, uid: 0, gid: 0, mtime: 0, size: bytes.length, content };
}
