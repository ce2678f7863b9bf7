import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFalconCloud, type FalconCloudDouble, type ImageRegistryDouble } from '@falcon-iar/falcon-api/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runAgent } from '../support/agent.ts';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { startDockerd } from '../support/dockerd.ts';
import { startPodman } from '../support/podman.ts';
import { canRun } from '../support/required-tools.ts';
import { runTool, type ToolResult } from '../support/run-tool.ts';
import { skopeoDigest } from '../support/skopeo-digest.ts';

const ccid = 'ABCDEF0123456789ABCDEF0123456789-7F';
const user = 'abcdef0123456789abcdef0123456789';
const registryPassword = 'registry-password-0a1b2c3d';
const path = 'falcon-imageanalyzer/release/falcon-imageanalyzer';

let scratch: string;
let cloud: FalconCloudDouble;
let registry: ImageRegistryDouble;
const outputs: string[] = [];

/** Runs `iar images` against the cloud of the test, and keeps what it wrote. */
async function images(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input?: string,
  signal?: AbortSignal,
): Promise<ToolResult> {
  const result = await runAgent(['images', ...args], {
    env: {
      FALCON_CLIENT_ID: cloud.clientId,
      FALCON_CLIENT_SECRET: cloud.clientSecret,
      IAR_FALCON_API_URL: cloud.apiUrl,
      IAR_FALCON_REGISTRY: registry.host,
      ...env,
    },
    ...(input === undefined ? {} : { input }),
    ...(signal === undefined ? {} : { signal }),
  });
  outputs.push(result.stdout, result.stderr);
  return result;
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-images-'));
  cloud = await createFalconCloud({ ccid, registryPassword, imageRegistry: true });
  registry = cloud.registry!;
});

afterAll(async () => {
  await cloud?.close();
  await rm(scratch, { recursive: true, force: true });
});

afterEach(() => {
  const secrets = [cloud.clientSecret, registryPassword, Buffer.from(registryPassword).toString('base64')];
  const shown = outputs.splice(0).filter((text) => secrets.some((secret) => text.includes(secret)));
  expect(shown).toEqual([]);
});

describe('what iar images prints', () => {
  it('lists tags as the pull script does, in the order of their numbers', async () => {
    const { code, stdout, stderr } = await images(['list-tags', '--type', 'falcon-imageanalyzer-regional', '-q']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`{
  "name": "falcon-imageanalyzer",
  "repository": "${registry.host}/falcon-imageanalyzer/us-1/release/falcon-imageanalyzer",
  "tags": [
    "0.42.0",
    "1.0.9",
    "1.0.10"
  ]
}
`);
  });

  it.each([
    [['image-path'], `${path}:1.1.0`],
    [['image-path', '--version', '1.0'], `${path}:1.0.24`],
    [['image-path', '--version', '1.0.2'], `${path}:1.0.2`],
    [['image-path', '-t', 'falcon-kac'], 'falcon-kac/release/falcon-kac:7.28.0-2404.container.Release.US-1'],
    [['image-path', '-t', 'fcs'], 'fcs/us-1/release/cs-fcs:1.1.0'],
    [['image-path', '-t', 'falcon-snapshot'], 'falcon-snapshot/us-1/release/cs-snapshotscanner:1.1.0'],
    [
      ['image-path', '-t', 'falcon-sensor-regional', '-p', 'aarch64', '-q'],
      'falcon-sensor/us-1/release/falcon-sensor:7.28.0-18109-1.falcon-linux.aarch64.Release.US-1',
    ],
  ])('%j is the path of an image', async (args, expected) => {
    expect(await images(args)).toMatchObject({ code: 0, stdout: `${registry.host}/${expected}\n`, stderr: '' });
  });

  it('gives the login, in each of its forms, only where it is asked for', async () => {
    const [token, credentials, cid] = [
      await images(['pull-token']),
      await images(['credentials']),
      await images(['cid']),
    ];
    outputs.length = 0;
    const config = JSON.parse(Buffer.from(token.stdout, 'base64').toString());
    const login = `fc-${user}:${registryPassword}`;
    expect(config).toEqual({ auths: { [registry.host]: { auth: Buffer.from(login).toString('base64') } } });
    expect(credentials.stdout).toBe(`CS Registry Username: fc-${user}\nCS Registry Password: ${registryPassword}\n`);
    expect(cid.stdout).toBe(`${ccid}\n`);
  });

  it('does not ask for a customer id that is given', async () => {
    const asked = (): number => cloud.requests.filter((request) => request.path.endsWith('/ccid/v1')).length;
    const before = asked();
    expect((await images(['image-path'], { FALCON_CID: ccid.toLowerCase() })).code).toBe(0);
    expect((await images(['cid', '--cid', ccid])).stdout).toBe(`${ccid}\n`);
    expect(asked()).toBe(before);
  });
});

describe('what iar images refuses', () => {
  it.each([
    [['list-tags', '--type', 'kpagent'], {}, 2, /there is no "kpagent"\nhint: The types are falcon-imageanalyzer, /],
    [['image-path'], { FALCON_CLOUD: 'ap-1' }, 2, /the names are us-1, us-2, us-3, eu-1, us-gov-1, us-gov-2/],
    [['image-path'], { FALCON_CLOUD: '' }, 2, /no name was given/],
    [['image-path'], { FALCON_CLIENT_SECRET: '' }, 2, /FALCON_CLIENT_SECRET is not set/],
    [['cid', '--client-secret', 'hunter2-hunter2'], {}, 2, /does not belong on a command line/],
    [['image-path'], { IAR_FALCON_REGISTRY: '' }, 2, /--api-url and --registry come together/],
    [['image-path', '--platform', 's390x'], {}, 2, /no images for "s390x"/],
    [['pull', 'docker-archive:'], {}, 2, /is no place to pull to/],
    [['copy'], {}, 2, /not said where to copy to/],
    [['copy', 'no-registry'], {}, 2, /names no place for it/],
    [['image-path', '--version', '9'], {}, 1, /no version "9" of falcon-imageanalyzer/],
    [['image-path'], { FALCON_CLIENT_SECRET: 'wrong' }, 1, /\/oauth2\/token/],
    [['image-path', '--cid', '0'.repeat(32)], {}, 3, /UNAUTHORIZED/],
  ])('%j with %j: exit code %i', async (args, env, code, text) => {
    const result = await images(args, env);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    expect(result.stderr).toMatch(text);
    expect(result.stderr).toMatch(/^iar: error: .*\nhint: /);
    expect(result.stderr).not.toMatch(/hunter2|defect/);
  });

  it('names the scope that is missing', async () => {
    cloud.scopes.delete('falcon-container:read');
    const { code, stderr } = await images(['list-tags']);
    cloud.scopes.add('falcon-container:read');
    expect(code).toBe(1);
    expect(stderr).toContain('falcon-container:read');
  });
});

describe.runIf(canRun('images on disk', ['skopeo']))('an image that was pulled', () => {
  it('is whole in a layout and in an oci-archive, with the digest it has', async () => {
    const layout = join(scratch, 'layout');
    const archive = join(scratch, 'image.oci.tar');
    const digest = registry.digestOf(path, '1.0.24');
    const pulled = await images(['pull', `oci-layout:${layout}`, '--version', '1.0.24']);
    expect(pulled).toMatchObject({ code: 0, stdout: `Image pulled to: oci-layout:${layout}:1.0.24\n` });
    expect(pulled.stderr).toContain(String(digest));
    expect(await skopeoDigest(`oci:${layout}:1.0.24`)).toBe(digest);
    await images(['pull', `oci-layout:${layout}:other`, '--version', '1.0.24']);
    expect(await skopeoDigest(`oci:${layout}:other`)).toBe(digest);
    expect(await images(['pull', `oci-archive:${archive}`])).toMatchObject({ code: 0 });
    expect(await skopeoDigest(`oci-archive:${archive}`)).toBe(registry.digestOf(path, '1.1.0'));
  });

  it('is for the platform that was asked for in a docker-archive', async () => {
    const archive = join(scratch, 'image.tar');
    expect(await images(['pull', `docker-archive:${archive}`, '--platform', 'aarch64'])).toMatchObject({ code: 0 });
    const config = JSON.parse(await runTool('skopeo', ['inspect', '--config', `docker-archive:${archive}`]));
    expect(config).toMatchObject({ architecture: 'arm64', os: 'linux' });
    const scanned = await runAgent([
      'scan',
      `docker-archive:${archive}`,
      '--platform',
      'linux/arm64',
      '-q',
      '-o',
      'json',
    ]);
    expect(scanned.code).toBe(0);
  });
});

describe.runIf(canRun('copying the images', ['docker-registry', 'skopeo']))('an image that was copied', () => {
  let target: DockerRegistry;

  beforeAll(async () => {
    target = await startDockerRegistry({ user: { name: 'me', password: 'target-password' } });
  });

  afterAll(() => target?.close());

  const copy = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ToolResult> =>
    images(['copy', ...args, '--username', 'me', '--password-stdin'], env, 'target-password\n');
  const inspect = (reference: string): Promise<string> =>
    skopeoDigest('--tls-verify=false', '--creds=me:target-password', `docker://${target.host}/${reference}`);

  it('has all its platforms and the same digest on a real registry', async () => {
    const result = await copy([`${target.host}/Security`], { SENSOR_VERSION: '1.0.10' });
    expect(result).toMatchObject({
      code: 0,
      stdout: `Image copied to: ${target.host}/security/falcon-imageanalyzer:1.0.10\n`,
    });
    expect(await inspect('security/falcon-imageanalyzer:1.0.10')).toBe(registry.digestOf(path, '1.0.10'));
    const everything = ['--all', '--src-tls-verify=false', '--src-creds=me:target-password'];
    const source = `docker://${target.host}/security/falcon-imageanalyzer:1.0.10`;
    await runTool('skopeo', ['copy', '-q', ...everything, source, `dir:${join(scratch, 'copy')}`]);
    const index = JSON.parse(await readFile(join(scratch, 'copy/manifest.json'), 'utf8'));
    expect(index.manifests).toHaveLength(2);
  });

  it('is called as asked', async () => {
    const omitted = await copy(['--copy-omit-image-name', '-t', 'fcs', `${target.host}/scanners/fcs-cli`]);
    expect(omitted.stdout).toBe(`Image copied to: ${target.host}/scanners/fcs-cli:1.1.0\n`);
    expect(await inspect('scanners/fcs-cli:1.1.0')).toBe(registry.digestOf('fcs/us-1/release/cs-fcs', '1.1.0'));
    const tagged = await copy(['--copy-custom-tag', 'Prod', '-t', 'fcs'], { COPY: `${target.host}/scanners` });
    expect(tagged.stdout).toBe(`Image copied to: ${target.host}/scanners/fcs:Prod\n`);
    expect(await inspect('scanners/fcs:Prod')).toBe(registry.digestOf('fcs/us-1/release/cs-fcs', '1.1.0'));
  });

  it('is one manifest where one platform was asked for', async () => {
    expect(await copy([`${target.host}/one`, '--platform', 'x86_64'])).toMatchObject({ code: 0 });
    const one = `docker://${target.host}/one/falcon-imageanalyzer:1.1.0`;
    const raw = await runTool('skopeo', ['inspect', '--raw', '--tls-verify=false', '--creds=me:target-password', one]);
    expect(JSON.parse(raw)).toHaveProperty('config');
  });

  it('needs a login there', async () => {
    const { code, stderr } = await images(['copy', `${target.host}/security`]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/UNAUTHORIZED/);
  });

  it('comes as skopeo takes it with the login of iar', async () => {
    const auth = join(scratch, 'auth.json');
    const token = (await images(['pull-token'])).stdout;
    outputs.length = 0;
    await runTool('sh', ['-c', 'base64 -d > "$0"', auth], { input: token });
    const from = [`--authfile=${auth}`, '--tls-verify=false', `docker://${registry.host}/${path}:1.0.9`];
    expect(await skopeoDigest(...from)).toBe(registry.digestOf(path, '1.0.9'));
  });
});

const engines = [
  ...(canRun('pulling into Docker', ['dockerd', 'docker', 'containerd', 'runc'], { root: true })
    ? [{ name: 'docker', start: startDockerd, variable: 'DOCKER_HOST' }]
    : []),
  ...(canRun('pulling into Podman', ['podman', 'runc'], { root: true })
    ? [{ name: 'podman', start: startPodman, variable: 'CONTAINER_HOST' }]
    : []),
];

describe.runIf(engines.length > 0)('an engine of this machine', () => {
  it.each(engines)('has what was pulled into it: $name', async ({ name, start, variable }) => {
    await using engine = await start();
    const env = { [variable]: `unix://${engine.socketPath}` };
    const reference = `${registry.host}/${path}:1.0.23`;
    const pulled = await images(['pull', name, '--version', '1.0.23', '--platform', 'aarch64'], env);
    expect(pulled).toMatchObject({ code: 0, stdout: `Image pulled to: ${name}:${reference}\n` });
    const list = ['image', 'inspect', '--format', '{{.Architecture}}', reference];
    const architecture = 'docker' in engine ? await engine.docker(...list) : await engine.podman(...list);
    expect(architecture.trim()).toBe('arm64');
  });

  it('that does not listen is told of', async () => {
    const env = { DOCKER_HOST: `unix://${join(scratch, 'no.sock')}`, CONTAINER_TOOL: 'Docker' };
    const { code, stderr } = await images(['pull'], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/no\.sock: .*\nhint: is the engine running/);
  });
});

describe('a running iar images', () => {
  it('shows no secret to who lists processes, nor with -vv to who reads its errors', async () => {
    cloud.faults.token = { answer: 'hang' };
    const stop = new AbortController();
    const running = images(['pull-token', '-vv'], {}, undefined, stop.signal).catch((error: Error) => error.name);
    const asked = cloud.requests.length;
    await expect.poll(() => cloud.requests.length, { timeout: 20_000 }).toBeGreaterThan(asked);
    const lines = await commandLines();
    stop.abort();
    expect(await running).toBe('AbortError');
    delete cloud.faults.token;
    expect(lines.some((line) => line.includes('pull-token'))).toBe(true);
    expect(lines.filter((line) => line.includes(cloud.clientSecret) || line.includes(registryPassword))).toEqual([]);
    expect((await images(['image-path', '-vv', '--version', '9'])).stderr).toMatch(/^\s+at .+\.[jt]s:\d+/m);
    cloud.faults.token = { answer: 500 };
    expect((await images(['image-path', '-vv'])).code).toBe(1);
    delete cloud.faults.token;
  });
});

/** The command line of every process that can be seen. */
async function commandLines(): Promise<string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  return Promise.all(lines);
}
