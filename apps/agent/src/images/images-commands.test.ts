import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createFalconCloud, type FalconCloudDouble, type ImageRegistryDouble } from '@falcon-iar/falcon-api/testing';
import { digestOf, openDockerArchive, openOciLayout } from '@falcon-iar/oci-registry';
import { createRegistry, type TestRegistry } from '@falcon-iar/oci-registry/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { copy } from './copy-command.ts';
import { explained } from './images-error.ts';
import type { CopyOptions, ImagesContext } from './images-options.ts';
import { loadIntoEngine } from './load-into-engine.ts';
import { listTags, printCid, printCredentials, printImagePath, printPullToken } from './print-commands.ts';
import { pull } from './pull-command.ts';

const ccid = '0123456789ABCDEF0123456789ABCDEF-12';
const path = 'falcon-imageanalyzer/release/falcon-imageanalyzer';
const password = 'registry-password';

let scratch: string;
let cloud: FalconCloudDouble;
let registry: ImageRegistryDouble;
let target: TestRegistry;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'iar-images-'));
  cloud = await createFalconCloud({ ccid, registryPassword: password, imageRegistry: true });
  registry = cloud.registry!;
  target = await createRegistry();
});

afterAll(async () => {
  await Promise.all([cloud?.close(), target?.close()]);
  await rm(scratch, { recursive: true, force: true });
});

/** What a verb writes with these options. */
async function run(
  work: (options: CopyOptions, context: ImagesContext) => Promise<void>,
  more: Partial<CopyOptions> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const options: CopyOptions = {
    ...{ clientId: cloud.clientId, apiUrl: cloud.apiUrl, registry: registry.host },
    ...{ region: 'autodiscover', internalBuildStage: 'release', verbose: 0 },
    ...more,
  };
  const { signal } = new AbortController();
  const context = { env: { FALCON_CLIENT_SECRET: cloud.clientSecret, ...env }, stdout, stderr, signal };
  await explained(() => work(options, context));
  return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

/** What a tag of the target means, by the bytes that are there. */
function digestAt(repository: string, tag: string): string {
  return digestOf(target.find(repository, 'manifest', tag)!.bytes);
}

describe('the verbs that print', () => {
  it('list tags, for the type that the old variable of the script names', async () => {
    const { stdout } = await run(listTags, {}, { SENSORTYPE: 'fcs' });
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'fcs',
      tags: ['1.0.2', '1.0.9', '1.0.10', '1.0.23', '1.0.24', '1.1.0'],
    });
  });

  it('tell of a type that goes away, unless nobody wants to know', async () => {
    const type = 'falcon-kac-regional';
    const told = await run(printImagePath, { type });
    expect(told.stdout).toBe(
      `${registry.host}/falcon-kac/us-1/release/falcon-kac:7.28.0-2404.container.x86_64.Release.US-1\n`,
    );
    expect(told.stderr).toMatch(/warning: .*falcon-kac takes their place/);
    expect((await run(printImagePath, { type, quiet: true })).stderr).toBe('');
  });

  it('take the place in the registry from the cloud that answered', async () => {
    await using government = await createFalconCloud({ region: 'us-gov-1', ccid, imageRegistry: true });
    const { apiUrl, clientId, clientSecret, registry: there } = government;
    const more = { type: 'falcon-imageanalyzer-regional', apiUrl, clientId, registry: there!.host };
    const { stdout } = await run(printImagePath, more, { FALCON_CLIENT_SECRET: clientSecret });
    expect(stdout).toBe(`${there!.host}/falcon-imageanalyzer/gov1/release/falcon-imageanalyzer:1.0.10\n`);
  });

  it('tell that the cloud wants patience, and take the token back', async () => {
    cloud.faults.rateLimit = { on: 'other', unit: 'milliseconds', wait: 20, times: 1 };
    const { stdout, stderr } = await run(printCid);
    delete cloud.faults.rateLimit;
    expect({ stdout, stderr }).toEqual({
      stdout: `${ccid}\n`,
      stderr: expect.stringMatching(/warning: too many calls/),
    });
    expect(cloud.requests.at(-1)).toMatchObject({ path: '/oauth2/revoke', answer: 200 });
  });

  it('give the login', async () => {
    const login = { username: 'fc-0123456789abcdef0123456789abcdef', password };
    expect((await run(printCredentials)).stdout).toBe(
      `CS Registry Username: ${login.username}\nCS Registry Password: ${password}\n`,
    );
    const config = Buffer.from((await run(printPullToken)).stdout, 'base64').toString();
    const auth = Buffer.from(`${login.username}:${password}`).toString('base64');
    expect(config).toBe(`{"auths": { "${registry.host}": { "auth": "${auth}" } } }`);
    expect((await run(printCid)).stdout).toBe(`${ccid}\n`);
  });

  it.each([
    [{ registry: '' }, { exitCode: 2, message: /come together/ }],
    [{ clientId: ' ' }, { exitCode: 2, message: /FALCON_CLIENT_ID is not set/ }],
    [{ cid: 'zz' }, { exitCode: 2, message: /cid/ }],
    [{ version: '8' }, { exitCode: 1, message: /no version "8" of falcon-imageanalyzer among 6/ }],
    [{ caCert: '/nowhere.pem' }, { exitCode: 2, message: /certificates/ }],
    [{ region: 'mars-1' }, { exitCode: 2, message: /us-gov-2/ }],
  ])('refuse %j', async (more, { exitCode, message }) => {
    await expect(run(printImagePath, more)).rejects.toMatchObject({
      exitCode,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });

  it('refuse a customer id that is none, and wrong credentials without showing them', async () => {
    await expect(run(printCid, { cid: 'zz' })).rejects.toMatchObject({ exitCode: 2 });
    const refused = await run(printCid, {}, { FALCON_CLIENT_SECRET: 'hunter2-hunter2' }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ name: 'ImagesError', exitCode: 1 });
    expect((refused as Error).message).not.toContain('hunter2');
  });
});

describe('copy', () => {
  it('brings all platforms to another registry, under the digest they have', async () => {
    const { stdout, stderr } = await run((options, context) => copy(`${target.host}/Sec`, options, context), {
      verbose: 1,
    });
    expect(stdout).toBe(`Image copied to: ${target.host}/sec/falcon-imageanalyzer:1.1.0\n`);
    const digest = registry.digestOf(path, '1.1.0');
    expect(stderr).toContain(`is ${digest}: 4 blobs`);
    expect(stderr).toMatch(/copied sha256:.*\n.*wrote sha256:/s);
    expect(digestAt('sec/falcon-imageanalyzer', '1.1.0')).toBe(digest);
  });

  it('names it as asked, and takes one platform', async () => {
    const more = { copyOmitImageName: true, copyCustomTag: 'prod', platform: 'x86_64', version: '1.0.9', quiet: true };
    const { stdout, stderr } = await run((options, context) => copy('', options, context), more, {
      COPY: `${target.host}/one/image`,
    });
    expect({ stdout, stderr }).toEqual({ stdout: `Image copied to: ${target.host}/one/image:prod\n`, stderr: '' });
    const index = target.find('one/image', 'manifest', registry.digestOf(path, '1.0.9')!);
    expect({ index, prod: digestAt('one/image', 'prod') }).toEqual({ prod: expect.stringMatching(/^sha256:/) });
  });

  it('asks nothing of the cloud for what cannot be a destination', async () => {
    const before = cloud.requests.length;
    const nowhere = (to: string | undefined) => run((options, context) => copy(to, options, context));
    await expect(nowhere(undefined)).rejects.toMatchObject({ exitCode: 2 });
    await expect(nowhere('security')).rejects.toMatchObject({ exitCode: 2 });
    expect(cloud.requests).toHaveLength(before);
  });
});

describe('pull', () => {
  const pullTo = (to: string, more: Partial<CopyOptions> = {}, env: NodeJS.ProcessEnv = {}) =>
    run((options, context) => pull(to, options, context), more, env);

  it('keeps all platforms in a layout and an oci-archive', async () => {
    const layout = join(scratch, 'layout');
    const { stdout } = await pullTo(`oci-layout:${layout}:mine`, { version: '1.0' });
    expect(stdout).toBe(`Image pulled to: oci-layout:${layout}:mine\n`);
    await using source = openOciLayout(layout);
    expect((await source.content('mine', {})).root.digest).toBe(registry.digestOf(path, '1.0.24'));
    expect((await pullTo(`oci-archive:${layout}.tar`)).stdout).toBe(`Image pulled to: oci-archive:${layout}.tar\n`);
  });

  it('takes one platform into a docker-archive', async () => {
    const file = join(scratch, 'image.tar');
    await pullTo(`docker-archive:${file}`, { platform: 'linux/arm64' });
    await using archive = openDockerArchive(file);
    expect((await archive.resolve(undefined, {})).platform.architecture).toBe('arm64');
  });

  it('gives an engine an archive, and leaves no file behind', async () => {
    const engine = await engineThat(200, '{"stream":"Loaded image: x"}\n');
    const folder = await mkdtemp(join(scratch, 'scratch-'));
    const { stdout } = await pullTo('docker', {}, { DOCKER_HOST: engine.address, IAR_SCRATCH_DIR: folder });
    expect(stdout).toBe(`Image pulled to: docker:${registry.host}/${path}:1.1.0\n`);
    expect(engine.loaded).toEqual([expect.stringContaining('manifest.json')]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('loadIntoEngine', () => {
  it.each([
    [500, '{"message":"no space left"}', /HTTP 500\): no space left/],
    [200, '{"stream":"a"}\n{"errorDetail":{"message":"bad tar"},"error":"bad tar"}\n', /HTTP 200\): bad tar/],
    [404, 'page not found', /HTTP 404\)$/],
    [200, 'x'.repeat(1024 * 1024 + 1), /exceeds 1048576 bytes/],
  ])('tells why an engine refuses: HTTP %i', async (status, text, message) => {
    const engine = await engineThat(status, text);
    const file = join(scratch, 'empty.tar');
    await writeFile(file, 'tar');
    const loading = loadIntoEngine(file, engine.socketPath, new AbortController().signal);
    await expect(loading).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(message) });
  });

  it('tells that nobody listens, and ends with the reason of an abort', async () => {
    const file = join(scratch, 'empty.tar');
    await writeFile(file, 'tar');
    const nobody = join(scratch, 'nobody.sock');
    await expect(loadIntoEngine(file, nobody, new AbortController().signal)).rejects.toMatchObject({
      exitCode: 1,
      hint: expect.stringContaining('DOCKER_HOST'),
    });
    await expect(loadIntoEngine(file, nobody, AbortSignal.abort('enough'))).rejects.toBe('enough');
  });
});

let engines = 0;

/** An engine that answers every `docker load` alike. */
async function engineThat(
  status: number,
  text: string,
): Promise<{ readonly socketPath: string; readonly address: string; readonly loaded: readonly string[] }> {
  const socketPath = join(scratch, `engine-${++engines}.sock`);
  const loaded: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    loaded.push(Buffer.concat(chunks).toString('latin1'));
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { socketPath, address: `unix://${socketPath}`, loaded };
}
