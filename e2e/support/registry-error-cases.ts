import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dockerConfigKeychain,
  openDockerArchive,
  openOciLayout,
  RegistryClient,
  type RegistryClientOptions,
  RegistryError,
  type RegistryErrorCode,
} from '@falcon-iar/oci-registry';
import { registriesConf, staticHosts } from '@falcon-iar/oci-registry/hosts';
import {
  buildImage,
  createRegistry,
  type FaultRule,
  type TestRegistry,
  type TestRegistryOptions,
  writeOciLayout,
} from '@falcon-iar/oci-registry/testing';

/** What one case has to break something with. */
interface Bench {
  /** A registry that holds `team/app:1`, and a client for it that does not wait before it tries again. */
  registry(options?: TestRegistryOptions): Promise<TestRegistry>;
  client(options?: RegistryClientOptions): RegistryClient;
  /** A path in a folder of its own; with text, a file that has it. */
  path(name: string, text?: string): Promise<string>;
}

type Case = (bench: Bench) => Promise<unknown>;

const indexType = 'application/vnd.oci.image.index.v1+json';

/** Reads the image and all of its layers. */
async function pull(client: RegistryClient, reference: string): Promise<void> {
  const image = await client.resolve(reference);
  for (const layer of image.layers) for await (const _ of layer.open());
}

/** Pulls from a registry where something goes wrong. */
function pullWith(fault: FaultRule, options: RegistryClientOptions = {}): Case {
  return async ({ registry, client }) => {
    const { host } = await registry({ faults: [fault] });
    await pull(client(options), `${host}/team/app:1`);
  };
}

/** Pushes to a registry that answers with an error document. */
function pushAnswered(on: 'upload' | 'manifest', status: number, code: string): Case {
  return async ({ registry, client }) => {
    const { host, addFault } = bound(await registry());
    const body = JSON.stringify({ errors: [{ code, message: 'so says the registry' }] });
    const pushing = client();
    addFault({ on, method: on === 'upload' ? 'POST' : 'PUT', fault: { kind: 'status', status, body } });
    await pushing.copy(`${host}/team/app:1`, `${host}/team/other:1`);
  };
}

/** Pulls from a registry that answers with an error document. */
function answered(status: number, code: string): Case {
  const body = JSON.stringify({ errors: [{ code, message: 'so says the registry' }] });
  return pullWith({ on: 'manifest', fault: { kind: 'status', status, body } });
}

/** One way to each error. */
export const registryErrorCases: Readonly<Record<RegistryErrorCode, Case>> = {
  ADDRESS_FORBIDDEN: pullWith({ on: 'blob', fault: { kind: 'redirect', to: 'http://169.254.169.254/latest/' } }),
  ARCHIVE_INVALID: async ({ path }) => {
    await using archive = openDockerArchive(await path('image.tar', 'not a tar archive'));
    await archive.resolve(undefined);
  },
  BLOB_UNKNOWN: async ({ registry, client }) => {
    const from = await registry();
    const image = await client().resolve(`${from.host}/team/app:1`);
    from.deleteBlob('team/app', image.layers[0]?.digest ?? '');
    await pull(client(), `${from.host}/team/app:1`);
  },
  BLOB_UPLOAD_INVALID: pushAnswered('upload', 400, 'BLOB_UPLOAD_INVALID'),
  BLOB_UPLOAD_UNKNOWN: pushAnswered('upload', 404, 'BLOB_UPLOAD_UNKNOWN'),
  BLOCKED: async ({ client }) => {
    const hosts = staticHosts({ 'registry.example.com': { blocked: true } });
    await pull(client({ hosts }), 'registry.example.com/team/app:1');
  },
  CHALLENGE_INVALID: async ({ registry, client }) => {
    const { host } = await registry({ auth: { type: 'bearer', realm: 'not a URL' } });
    await pull(client(), `${host}/team/app:1`);
  },
  CLOSED: async ({ registry, client }) => {
    const { host } = await registry();
    const closed = client();
    await closed.close();
    await pull(closed, `${host}/team/app:1`);
  },
  CONFIG_TOO_LARGE: async ({ registry, client }) => {
    const { host } = await registry();
    await pull(client({ limits: { configBytes: 100 } }), `${host}/team/app:1`);
  },
  CREDENTIALS_INVALID: async ({ registry, client, path }) => {
    const { host } = await registry({ auth: { type: 'basic', username: 'robot', password: 'secret' } });
    const keychain = dockerConfigKeychain({ paths: [await path('config.json', '{"auths": []}')] });
    await pull(client({ keychain }), `${host}/team/app:1`);
  },
  CREDENTIALS_UNAVAILABLE: async ({ registry, client, path }) => {
    const { host } = await registry({ auth: { type: 'basic', username: 'robot', password: 'secret' } });
    const paths = [await path('config.json', '{"credsStore": "pass"}')];
    const helpers = { allow: ['pass'], path: await path('bin') };
    await pull(client({ keychain: dockerConfigKeychain({ paths, helpers }) }), `${host}/team/app:1`);
  },
  DENIED: answered(403, 'DENIED'),
  DIGEST_INVALID: pullWith({ on: 'blob', fault: { kind: 'flip', at: 40 } }),
  HOSTS_INVALID: async ({ client, path }) => {
    const hosts = registriesConf({ paths: [await path('registries.conf', '[[registry]]\nblocked = "yes"\n')] });
    await pull(client({ hosts }), 'registry.example.com/team/app:1');
  },
  LAYER_UNAVAILABLE: async ({ registry, client }) => {
    const from = await registry();
    const image = await from.push('team/windows', '1', { platform: { os: 'windows', architecture: 'amd64' } });
    const manifest = JSON.parse(Buffer.from(image.root.bytes).toString()) as { layers: { mediaType: string }[] };
    for (const layer of manifest.layers) {
      layer.mediaType = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
    }
    from.pushManifest('team/windows', 'foreign', JSON.stringify(manifest), image.root.mediaType);
    for (const { digest } of image.images[0]?.layers ?? []) from.deleteBlob('team/windows', digest);
    await pull(client(), `${from.host}/team/windows:foreign`);
  },
  LAYOUT_INVALID: async ({ path }) => {
    await using layout = openOciLayout(await path('no-layout'));
    await layout.resolve(undefined);
  },
  MANIFEST_BLOB_UNKNOWN: pushAnswered('manifest', 400, 'MANIFEST_BLOB_UNKNOWN'),
  MANIFEST_INVALID: async ({ registry, client }) => {
    const from = await registry();
    from.pushManifest('team/app', 'both', '{"schemaVersion":2,"config":{},"manifests":[]}', indexType);
    await pull(client(), `${from.host}/team/app:both`);
  },
  MANIFEST_TOO_LARGE: async ({ registry, client }) => {
    const { host } = await registry();
    await pull(client({ limits: { manifestBytes: 100 } }), `${host}/team/app:1`);
  },
  MANIFEST_UNKNOWN: async ({ registry, client }) => {
    const { host } = await registry();
    await pull(client(), `${host}/team/app:no-such-tag`);
  },
  MANIFEST_UNSUPPORTED: async ({ registry, client }) => {
    const from = await registry();
    const type = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
    from.pushManifest('team/app', 'old', '{"schemaVersion":1}', type);
    await pull(client(), `${from.host}/team/app:old`);
  },
  MANIFEST_UNVERIFIED: answered(400, 'MANIFEST_UNVERIFIED'),
  NAME_INVALID: answered(400, 'NAME_INVALID'),
  NAME_UNKNOWN: async ({ registry, client }) => {
    const { host } = await registry();
    await pull(client(), `${host}/team/no-such-app:1`);
  },
  NETWORK: async ({ registry, client }) => {
    const gone = await registry();
    await gone.close();
    await pull(client(), `${gone.host}/team/app:1`);
  },
  NOT_AN_IMAGE: async ({ registry, client }) => {
    const from = await registry();
    const mediaType = 'application/vnd.cncf.helm.config.v1+json';
    const config = { mediaType, digest: from.pushBlob('charts/app', Buffer.from('{}')), size: 2 };
    await from.push('charts/app', '1', { layers: [], manifest: { config } });
    await pull(client(), `${from.host}/charts/app:1`);
  },
  PLATFORM_NOT_FOUND: async ({ registry, client }) => {
    const { host } = await registry();
    await client().resolve(`${host}/team/app:1`, { platform: { os: 'linux', architecture: 's390x' } });
  },
  PROXY: async ({ client }) => {
    await pull(client({ proxy: { https: 'ftp://proxy.example.com' } }), 'registry.example.com/team/app:1');
  },
  REDIRECT_INVALID: pullWith({ on: 'blob', fault: { kind: 'redirect', to: 'ftp://storage.example.com/blob' } }),
  REFERENCE_AMBIGUOUS: async ({ path }) => {
    const directory = await path('layout');
    const images = await Promise.all([buildImage(), buildImage({ layers: [] })]);
    await writeOciLayout(directory, [
      { image: images[0], tag: '1.0' },
      { image: images[1], tag: '2.0' },
    ]);
    await using layout = openOciLayout(directory);
    await layout.resolve(undefined);
  },
  REFERENCE_INVALID: async ({ client }) => pull(client(), 'https://registry.example.com/team/app'),
  RESPONSE_INVALID: pullWith({ on: 'manifest', fault: { kind: 'status', status: 418, body: '<html>teapot</html>' } }),
  RESPONSE_TOO_LARGE: async ({ registry, client }) => {
    const { host } = await registry({
      auth: { type: 'bearer', anonymousPull: true },
      faults: [{ on: 'token', fault: { kind: 'oversize', bytes: 100_000 } }],
    });
    await pull(client(), `${host}/team/app:1`);
  },
  SIZE_INVALID: pullWith({ on: 'blob', fault: { kind: 'oversize', bytes: 100_000 } }),
  TAG_INVALID: answered(400, 'TAG_INVALID'),
  TIMEOUT: pullWith({ on: 'blob', fault: { kind: 'stall', after: 10 } }, { limits: { bodyTimeout: 200 } }),
  TLS: async ({ registry, client }) => {
    const { host } = await registry({ tls: true });
    await pull(client({ loopbackHttp: false }), `${host}/team/app:1`);
  },
  TOOMANYREQUESTS: answered(429, 'TOOMANYREQUESTS'),
  UNAUTHORIZED: async ({ registry, client }) => {
    const { host } = await registry({ auth: { type: 'bearer' } });
    await pull(client(), `${host}/team/app:1`);
  },
  UNAVAILABLE: answered(503, 'UNAVAILABLE'),
  UNSUPPORTED: answered(405, 'UNSUPPORTED'),
};

/** The methods of a registry, to be taken apart. */
function bound(registry: TestRegistry): Pick<TestRegistry, 'host' | 'addFault'> {
  return { host: registry.host, addFault: (rule) => registry.addFault(rule) };
}

/** An error that really happened, with hosts and paths of this machine replaced by those of an example. */
export interface ProvokedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Brings an error about. */
export async function provoke(code: RegistryErrorCode): Promise<ProvokedError> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'falcon-iar-errors-'));
  resources.defer(() => rm(folder, { recursive: true }));
  const bench: Bench = {
    async registry(options) {
      const registry = resources.use(await createRegistry(options));
      await registry.push('team/app', '1', { layers: [{ entries: [{ path: 'a', content: 'a'.repeat(100) }] }] });
      return registry;
    },
    client: (options) => resources.use(new RegistryClient({ retry: { sleep: () => Promise.resolve() }, ...options })),
    async path(name, text) {
      if (text !== undefined) await writeFile(join(folder, name), text);
      return join(folder, name);
    },
  };
  const error = await registryErrorCases[code](bench).then(
    () => new Error(`nothing went wrong for ${code}`),
    (failure: unknown) => failure,
  );
  if (!(error instanceof RegistryError)) throw error;
  const example = (text: string): string =>
    text
      .replaceAll(folder, '/images')
      .replace(/127\.0\.0\.1:\d+/g, 'registry.example.com')
      .replace(/sha256:[0-9a-f]{64}/g, 'sha256:…');
  return { code: error.code, message: example(error.message), hint: example(error.hint) };
}
