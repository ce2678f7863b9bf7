import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { parseInventoryScanRequest } from '@falcon-iar/falcon-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentEnvironment, agentProgram, runAgent } from '../support/agent.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { installedDebs, npmPackages, pythonDistributions } from '../support/installed-software.ts';
import { debLines, type InventoryDocument, placeLines, sourceIndependent } from '../support/inventory-document.ts';
import { pushImage, saveArchive } from '../support/pushed-image.ts';
import { type RealImage, realImage } from '../support/real-image.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool, type ToolResult } from '../support/run-tool.ts';

const runnable = canRun(
  'scans of a real image',
  ['mmdebstrap', 'npm', 'chroot', 'docker-registry', 'skopeo', 'dpkg-query', 'perl'],
  { root: true },
);

describe.runIf(runnable)('iar scan of a real image', () => {
  let image: RealImage;
  let registry: DockerRegistry;
  let scratch: string;
  let result: ToolResult;
  let inventory: InventoryDocument;

  const output = (name: string): string => join(scratch, name);
  const scanToJson = async (target: string): Promise<InventoryDocument> => {
    const file = output('variant.json');
    const { code, stderr } = await runAgent(['scan', '-q', target, '-o', `json=${file}`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(await readFile(file, 'utf8'));
  };

  beforeAll(async () => {
    image = await realImage();
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-scan-'));
    registry = await startDockerRegistry();
    await pushImage(await image.layout('gzip'), { reference: `${registry.host}/team/orders:gzip` });
    const outputs = ['json=inventory.json', 'cyclonedx-json=sbom.json', 'falcon-json=falcon.json', 'purls=purls.txt'];
    const options = ['table', ...outputs].flatMap((value) => ['-o', value]);
    result = await runAgent(['scan', `${registry.host}/team/orders:gzip`, ...options], { cwd: scratch });
    if (result.code === 0) inventory = JSON.parse(await readFile(output('inventory.json'), 'utf8'));
  });

  afterAll(async () => {
    await registry?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  it('succeeds, and finds nothing unreadable', () => {
    expect(result).toMatchObject({ code: 0 });
    expect(inventory).toMatchObject({ complete: true, problems: [] });
  });

  it('finds the Debian packages that dpkg finds, and no other', async () => {
    const expected = await installedDebs(image.tree);
    expect(expected.length).toBeGreaterThan(100);
    expect(debLines(inventory)).toEqual(expected);
  });

  it('finds the npm packages that are on disk, each at its place', async () => {
    const expected = await npmPackages(image.tree);
    expect(expected.length).toBeGreaterThan(100);
    expect(placeLines(inventory, 'npm')).toEqual(expected);
  });

  it('finds the Python distributions that are on disk, each at its place', async () => {
    const expected = await pythonDistributions(image.tree);
    expect(expected.length).toBeGreaterThanOrEqual(3);
    expect(placeLines(inventory, 'pypi')).toEqual(expected);
  });

  it('tells the layer that brought each package', () => {
    const introduced = (type: string, name: string): (number | undefined)[] =>
      inventory.packages
        .filter((found) => found.type === type && found.name === name)
        .map(({ occurrences }) => occurrences[0]?.introducedIn);
    expect(introduced('deb', 'perl')).toEqual([0]);
    expect(introduced('deb', 'xxd')).toEqual([1]);
    expect(introduced('npm', 'express')).toEqual([1]);
    expect(introduced('npm', 'lodash')).toEqual([2]);
  });

  it('keeps epochs, source packages and foreign architectures', () => {
    const xxd = inventory.packages.find(({ type, name }) => type === 'deb' && name === 'xxd');
    expect(xxd).toMatchObject({ version: expect.stringMatching(/^2:/), source: { name: 'vim' } });
    const zlib = inventory.packages.filter(({ type, name }) => type === 'deb' && name === 'zlib1g');
    if (process.arch === 'x64') expect(zlib.map((found) => found.architecture).sort()).toEqual(['amd64', 'i386']);
  });

  it('writes the table with every Debian package to standard output, and nothing else there', () => {
    const rows = result.stdout.split('\n').map((line) => line.split(/\s+/));
    for (const line of debLines(inventory)) {
      const [name, version] = line.split('\t');
      expect(
        rows.some((cells) => cells.includes(name!) && cells.includes(version!)),
        line,
      ).toBe(true);
    }
    expect(rows.some((cells) => cells.includes('jq') || cells.includes('logrotate'))).toBe(false);
  });

  it('writes a CycloneDX 1.6 document that the official strict validator accepts', async () => {
    const text = await readFile(output('sbom.json'), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const { components } = JSON.parse(text) as { components: { purl?: string }[] };
    const written = components.flatMap(({ purl }) => purl ?? []).sort();
    expect(written).toEqual(inventory.packages.map(({ purl }) => purl).sort());
  });

  it('writes an upload body that the Falcon schema accepts, with every Debian package', async () => {
    const body = parseInventoryScanRequest(JSON.parse(await readFile(output('falcon.json'), 'utf8')));
    const text = JSON.stringify(body);
    for (const line of debLines(inventory)) expect(text).toContain(line.split('\t')[1]);
  });

  it('writes one purl a line', async () => {
    const lines = (await readFile(output('purls.txt'), 'utf8')).trimEnd().split('\n');
    expect(lines.sort()).toEqual([...new Set(inventory.packages.map(({ purl }) => purl))].sort());
  });

  it.each([
    ['zstd', 'oci'],
    ['none', 'oci'],
    ['gzip', 'v2s2'],
  ] as const)('finds the same in %s layers under a manifest of format %s', async (compression, format) => {
    const reference = `${registry.host}/team/orders:${compression}-${format}`;
    await pushImage(await image.layout(compression), { reference, format });
    expect(sourceIndependent(await scanToJson(reference))).toEqual(sourceIndependent(inventory));
  });

  it.each(['gzip', 'zstd', 'none'] as const)('finds the same in an OCI layout with %s layers', async (compression) => {
    const found = await scanToJson(`oci-layout:${await image.layout(compression)}:latest`);
    expect(sourceIndependent(found)).toEqual(sourceIndependent(inventory));
  });

  it.each(['docker-archive', 'oci-archive'] as const)(
    'finds the same in a %s, also on standard input',
    async (format) => {
      const file = output(`${format}.tar`);
      await saveArchive(await image.layout('gzip'), format, file, 'team/orders:1');
      expect(sourceIndependent(await scanToJson(`${format}:${file}`))).toEqual(sourceIndependent(inventory));
      for (const pipe of ['cat', 'gzip --fast --stdout']) {
        const piped = output('piped.json');
        const command = `${pipe} '${file}' | '${agentProgram}' scan -q - -o 'json=${piped}'`;
        await runTool('bash', ['-o', 'pipefail', '-c', command], { env: agentEnvironment() });
        const found = JSON.parse(await readFile(piped, 'utf8')) as InventoryDocument;
        expect(sourceIndependent(found)).toEqual(sourceIndependent(inventory));
      }
    },
  );

  it('reports the digest the registry has', async () => {
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const answer = await fetch(`http://${registry.host}/v2/team/orders/manifests/gzip`, { headers: { accept } });
    expect(inventory.subject.digest).toBe(answer.headers.get('docker-content-digest'));
  });

  it('gives equal documents for equal images', async () => {
    // Secrets are hashed under a key of the run.
    const alike = ({ secrets, ...rest }: InventoryDocument): unknown => ({
      ...rest,
      secrets: secrets.map(({ hash: _, ...secret }) => secret),
    });
    expect(alike(await scanToJson(`${registry.host}/team/orders:gzip`))).toEqual(alike(inventory));
  });

  describe('behind Basic authentication', () => {
    const user = { name: 'reader', password: 'not:a secret' };
    let closed: DockerRegistry;
    let reference: string;

    beforeAll(async () => {
      closed = await startDockerRegistry({ user });
      reference = `${closed.host}/team/orders:gzip`;
      await pushImage(await image.layout('gzip'), { reference, user });
    });

    afterAll(async () => {
      await closed?.close();
    });

    const dockerConfig = async (password: string): Promise<string> => {
      const directory = await mkdtemp(join(scratch, 'docker-config-'));
      await mkdir(directory, { recursive: true });
      const auth = Buffer.from(`${user.name}:${password}`).toString('base64');
      await writeFile(join(directory, 'config.json'), JSON.stringify({ auths: { [closed.host]: { auth } } }));
      return directory;
    };

    it('takes the credentials of the Docker configuration', async () => {
      const env = { DOCKER_CONFIG: await dockerConfig(user.password) };
      expect(await runAgent(['scan', '-q', reference, '-o', 'purls'], { env })).toMatchObject({ code: 0, stderr: '' });
    });

    it('takes a user name and a password from standard input', async () => {
      const args = ['scan', '-q', reference, '--username', user.name, '--password-stdin', '-o', 'purls'];
      const given = await runAgent(args, { input: `${user.password}\n` });
      expect(given).toMatchObject({ code: 0, stderr: '' });
    });

    it.each(['no', 'a wrong'])('says that access was denied with %s password, and does not show it', async (kind) => {
      const password = 'wr0ng-passw0rd';
      const env = kind === 'no' ? {} : { DOCKER_CONFIG: await dockerConfig(password) };
      const { code, stdout, stderr } = await runAgent(['scan', '-q', reference, '-o', 'purls'], { env });
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toMatch(/^iar: error: \[\w+\] .*\nhint: .*\n$/);
      expect(stderr).toContain(closed.host);
      expect(stderr).not.toContain(password);
      expect(stderr).not.toContain(Buffer.from(`${user.name}:${password}`).toString('base64'));
    });
  });
});
