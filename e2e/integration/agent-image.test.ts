import { createReadStream } from 'node:fs';
import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createRegistry } from '@falcon-iar/oci-registry/testing';
import { extract, type Header } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { type AgentImage, agentImage, packAgent } from '../support/agent-image.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { type Dockerd, startDockerd } from '../support/dockerd.ts';
import { npmPackages } from '../support/installed-software.ts';
import { type InventoryDocument, placeLines } from '../support/inventory-document.ts';
import { pushImage } from '../support/pushed-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool } from '../support/run-tool.ts';
import { writeSmallImage } from '../support/small-image.ts';

const nobody = 65532;
const repository = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(await readFile(join(repository, 'apps/agent/package.json'), 'utf8'));
/** Of the tree on disk, uncompressed, in MB: Node 127, its base 16, the agent the rest. */
const largest = 210;

/** What a pod is confined by that is allowed nothing: only its temporary directory can be written to. */
const confined = [
  ...['--read-only', '--tmpfs=/tmp', '--network=host', `--user=${nobody}:${nobody}`],
  ...['--cap-drop=ALL', '--security-opt=no-new-privileges'],
];

const tools = ['dockerd', 'docker', 'containerd', 'runc', 'mmdebstrap', 'dpkg-query', 'findmnt', 'skopeo'] as const;
const runnable = canRun("the agent's image", [...tools, 'docker-registry'], { root: true });

describe.runIf(runnable)("the agent's image", () => {
  let scratch: string;
  let image: AgentImage;
  let dockerd: Dockerd;

  const runIar = (args: readonly string[], options: readonly string[] = []): Promise<string> =>
    dockerd.docker('run', '--rm', ...confined, ...options, '--entrypoint=iar', image.reference, ...args);

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-agent-image-'));
    image = await agentImage();
    dockerd = await startDockerd();
    await dockerd.docker('load', '--quiet', '--input', image.dockerArchive);
  });

  afterAll(async () => {
    await dockerd?.[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  });

  it('starts the agent as nobody, and says what it is', async () => {
    const [{ Config: config, Size: size }] = JSON.parse(await dockerd.docker('image', 'inspect', image.reference));
    expect(config).toMatchObject({
      Entrypoint: ['/usr/local/bin/iar', 'run'],
      User: `${nobody}:${nobody}`,
      Labels: {
        'org.opencontainers.image.licenses': manifest.license,
        'org.opencontainers.image.version': manifest.version,
      },
    });
    process.stdout.write(`the agent's image: ${(size / 1e6).toFixed(1)} MB\n`);
    expect(size / 1e6).toBeLessThan(largest);
  });

  it('answers on a read-only root, without privileges', async () => {
    expect(await runIar(['version'])).toBe(`${manifest.version}\n`);
  });

  it('finds in an image of a real registry what the agent outside finds, byte for byte', async () => {
    await using registry = await startDockerRegistry();
    const dpkg = 'Package: tiny\nStatus: install ok installed\nVersion: 1:2-3\nArchitecture: all\n';
    const { layout } = await writeSmallImage(join(scratch, 'small'), {
      'etc/os-release': 'ID=debian\nVERSION_ID="12"\n',
      'var/lib/dpkg/status': dpkg,
      'app/package.json': JSON.stringify({ name: 'app', version: '1.0.0' }),
    });
    const reference = `${registry.host}/team/small:1`;
    await pushImage(layout, { reference });
    const args = ['scan', '-q', reference, '-o', 'json'];
    const outside = await runAgent(args);
    expect(JSON.parse(outside.stdout).packages).toHaveLength(2);
    expect(await runIar(args)).toBe(outside.stdout);
  });

  it('ends at SIGTERM with 143 at once, in the middle of a layer, and leaves nothing behind', async () => {
    await using registry = await createRegistry();
    const entries = [{ path: 'app/data', content: 'data '.repeat(100_000) }];
    const { reference, blobs } = await registry.push('slow/image', '1', { layers: [{ entries, compression: 'none' }] });
    registry.addFault({ on: 'blob', reference: blobs.at(-1)!.digest, fault: { kind: 'stall', after: 200_000 } });
    const results = await mkdtemp(join(scratch, 'results-'));
    await chown(results, nobody, nobody);
    const options = ['--detach', '--name=slow', '--workdir=/results', `--volume=${results}:/results`];
    const outputs = ['-o', 'purls', '-o', 'json=inventory.json'];
    await dockerd.docker(
      'run',
      ...confined,
      ...options,
      '--entrypoint=iar',
      image.reference,
      'scan',
      reference,
      ...outputs,
    );
    const asked = (): boolean => registry.requests.some(({ path }) => path.endsWith(blobs.at(-1)!.digest));
    await vi.waitFor(() => expect(asked()).toBe(true), { timeout: 20_000 });
    const started = performance.now();
    // Kills after 20 s, which would be 137.
    await dockerd.docker('stop', '--time=20', 'slow');
    expect(performance.now() - started).toBeLessThan(5_000);
    const [{ State: state }] = JSON.parse(await dockerd.docker('inspect', 'slow'));
    expect(state.ExitCode).toBe(143);
    expect(await readdir(results)).toEqual([]);
    expect(await dockerd.docker('logs', 'slow')).toBe('');
  });

  describe('its file system', () => {
    let files: Header[];

    /** What `docker create` adds (`.dockerenv`, mount points) is empty. */
    const isFile = ({ type, size = 0 }: Header): boolean => type === 'file' && size > 0;

    beforeAll(async () => {
      const archive = join(scratch, 'files.tar');
      const container = (await dockerd.docker('create', image.reference)).trim();
      await dockerd.docker('export', '--output', archive, container);
      await dockerd.docker('rm', container);
      files = await headersOf(archive);
    });

    it('has two programs, Node and the agent, and nothing that gains rights', () => {
      const executables = files.filter((file) => isFile(file) && (file.mode! & 0o111) !== 0);
      const programs = executables.map(({ name }) => name).filter((name) => !/^etc\/|\.so(?:\.\d+)*$/.test(name));
      expect(programs.sort()).toEqual(['opt/falcon-iar/node/node', 'usr/local/bin/iar']);
      expect(files.filter((file) => isFile(file) && (file.mode! & 0o6000) !== 0)).toEqual([]);
    });

    it('has no shell, no package manager, and nothing that only developers need', () => {
      const names = files.filter(isFile).map(({ name }) => name);
      const interpreters =
        /^(?:ba|da|a|z)?sh$|^(?:busybox|env|npm|npx|corepack|pnpm|yarn|apt|apt-get|dpkg|perl|python3?)$/;
      expect(names.filter((name) => interpreters.test(basename(name)))).toEqual([]);
      const ours = names.filter((name) => name.startsWith('opt/falcon-iar/'));
      expect(ours.length).toBeGreaterThan(500);
      expect(ours.filter((name) => /\.(?:[cm]?ts|map|tsbuildinfo)$|\.test\.js$|\/\.[^/]+$/.test(name))).toEqual([]);
    });

    it('has all that any module of the agent imports', async () => {
      const modules = files
        .map(({ name }) => `/${name}`)
        .filter((name) => /\/agent\/(?:node_modules\/@falcon-iar\/[^/]+\/)?dist\/.*\.js$/.test(name))
        // Programs: for a process, and for threads, with what only they load.
        .filter((name) => !/\/agent\/dist\/main\.js$|\/sbom\/dist\/(?:worker|chunks\/worker-[^/]*)\.js$/.test(name));
      const script = join(scratch, 'modules.mjs');
      await writeFile(script, modules.map((name) => `await import('${name}');\n`).join(''));
      const options = [`--volume=${script}:/modules.mjs:ro`, '--entrypoint=/opt/falcon-iar/node/node'];
      await dockerd.docker('run', '--rm', ...confined, ...options, image.reference, '/modules.mjs');
    });

    it('belongs to root, who alone may write there, and tells no time, so that equal layers have equal digests', () => {
      const ours = files.filter(({ name }) => /^(?:opt|usr\/local)\//.test(name));
      expect(ours.filter(({ mtime }) => mtime?.getTime() !== 0).map(({ name }) => name)).toEqual([]);
      expect(ours.filter(({ uid, gid, mode = 0 }) => uid !== 0 || gid !== 0 || (mode & 0o022) !== 0)).toEqual([]);
    });
  });

  describe('its own inventory of itself', () => {
    let inventory: InventoryDocument;
    let packed: string;

    beforeAll(async () => {
      packed = join(scratch, 'packed');
      await packAgent(packed);
      const group = (await stat(dockerd.socketPath)).gid;
      const socket = [
        '--volume',
        `${dockerd.socketPath}:/run/docker.sock`,
        '--env=DOCKER_HOST=unix:///run/docker.sock',
      ];
      const options = [...socket, `--group-add=${group}`];
      inventory = JSON.parse(await runIar(['scan', '-q', `docker:${image.reference}`, '-o', 'json'], options));
    });

    it('is complete, and names the Debian packages of its base', () => {
      expect(inventory).toMatchObject({ complete: true, problems: [], distro: { id: 'debian' } });
      const debs = inventory.packages.filter(({ type }) => type === 'deb').map(({ name }) => name);
      expect(debs.sort()).toEqual(image.debs);
    });

    it('names every npm package that was packed, at its place', async () => {
      const packages = await Promise.all(['node', 'agent'].map((layer) => npmPackages(join(packed, layer))));
      expect(packages.flat().length).toBeGreaterThan(20);
      expect(placeLines(inventory, 'npm')).toEqual(packages.flat().sort());
    });

    it('names the production dependencies that pnpm names, and Node', async () => {
      const found = inventory.packages
        .filter(({ type }) => type === 'npm')
        .map(({ namespace, name, version }) => `${namespace ? `${namespace}/` : ''}${name}@${version}`);
      const node = `node-linux-${process.arch}@${process.versions.node}`;
      expect([...new Set(found)].sort()).toEqual([...(await productionDependencies()), node].sort());
    });
  });
});

/** Headers of the entries of a tar file. */
async function headersOf(archive: string): Promise<Header[]> {
  const headers: Header[] = [];
  for await (const entry of createReadStream(archive).pipe(extract())) {
    headers.push(entry.header);
    entry.resume();
  }
  return headers;
}

interface ListedPackage {
  readonly path: string;
  readonly dependencies?: Readonly<Record<string, ListedPackage>>;
}

/** `name@version` of the agent and of what pnpm says it needs; without what Node never loads, and what that needs. */
async function productionDependencies(): Promise<string[]> {
  const args = ['--filter', manifest.name, 'ls', '--prod', '--depth=Infinity', '--json'];
  const [listed] = JSON.parse(await runTool('pnpm', args, { cwd: repository })) as [ListedPackage];
  // Each subtree is listed once, at any of the places that need it.
  const needs = new Map<string, ListedPackage>();
  const collect = (listing: ListedPackage): void => {
    if (listing.dependencies) needs.set(listing.path, listing);
    for (const dependency of Object.values(listing.dependencies ?? {})) collect(dependency);
  };
  collect(listed);
  const found = new Map<string, string>();
  const visit = async ({ path }: ListedPackage): Promise<void> => {
    if (found.has(path)) return;
    const { name, version, peerDependenciesMeta = {} } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    found.set(path, `${name}@${version}`);
    for (const [wanted, dependency] of Object.entries(needs.get(path)?.dependencies ?? {})) {
      // An optional peer is there because something else of the workspace brought it.
      if (!/^(?:@types\/|bare-)/.test(wanted) && !peerDependenciesMeta[wanted]?.optional) await visit(dependency);
    }
  };
  await visit(listed);
  return [...new Set(found.values())];
}
