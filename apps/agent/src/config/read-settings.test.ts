import { describe, expect, it } from 'vitest';
import { readSettings } from './read-settings.ts';
import { secretValues } from './secret-values.ts';
import type { SettingSources } from './setting-sources.ts';
import { SettingsError } from './settings-error.ts';

const watcher = { AGENT_RUNMODE: 'watcher' };
const credentials = { AGENT_CLIENT_ID: 'id', AGENT_CLIENT_SECRET: 's3cret' };

interface Given extends Partial<Omit<SettingSources, 'readFile'>> {
  readonly files?: Readonly<Record<string, string>>;
}

function read({ flags = {}, env = {}, files = {} }: Given) {
  const readFile = (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
  return readSettings({ flags, env, readFile });
}

function problemsOf(given: Given): string[] {
  try {
    read(given);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ message, hint }) => `${message} | ${hint}`);
    throw error;
  }
  return [];
}

describe('where a setting comes from', () => {
  const files = {
    'a.yaml': 'runmode: socket\ncluster-name: of-file\nregion: eu-1\nhttp-port: 1\nsink: [falcon, "file:/a,b"]',
  };
  const env = { IAR_CONFIG: 'a.yaml', AGENT_CLUSTER_NAME: 'of-env', AGENT_REGION: 'us-2', ...credentials };

  it('a flag counts before the environment, that before the file, and that before the default', () => {
    const { settings, origins } = read({ flags: { clusterName: 'of-flag' }, env, files });
    expect(settings).toMatchObject({
      ...{ clusterName: 'of-flag', region: 'us-2', httpPort: 1, listPageSize: 500, runmode: 'socket' },
    });
    expect(origins).toMatchObject({
      clusterName: { from: 'flag', name: '--cluster-name' },
      region: { from: 'environment', name: 'AGENT_REGION' },
      httpPort: { from: 'file', name: 'http-port', path: 'a.yaml' },
      listPageSize: { from: 'default' },
    });
  });

  it('the flag --config names the file before the environment does', () => {
    const other = { 'b.yaml': 'runmode: watcher' };
    expect(read({ flags: { config: 'b.yaml' }, env, files: { ...files, ...other } }).settings.runmode).toBe('watcher');
  });

  it('an empty text is no value anywhere', () => {
    const { settings } = read({
      flags: { clusterName: ' ' },
      env: { ...env, AGENT_REGION: '', AGENT_DEBUG: '' },
      files,
    });
    expect(settings).toMatchObject({ clusterName: 'of-env', region: 'eu-1', debug: false });
  });

  it('lists come from repeated flags, from commas, and from lists of the file, whose entries stay whole', () => {
    const { settings } = read({ flags: { sink: ['falcon,file:/x', 'file:/y'] }, env, files });
    expect(settings.sinks).toEqual([
      ...[{ kind: 'falcon' }, { kind: 'file', directory: '/x' }, { kind: 'file', directory: '/y' }],
    ]);
    expect(read({ env, files }).settings.sinks).toEqual([{ kind: 'falcon' }, { kind: 'file', directory: '/a,b' }]);
  });

  it('a flag alone means true; one that does not exist has no effect', () => {
    const { settings } = read({ flags: { debug: true, clientSecret: 'seen by ps' }, env, files });
    expect(settings.debug).toBe(true);
    expect(settings.clientSecret?.reveal()).toBe('s3cret');
  });

  it('proxies are also read from their names in lower case, after those in upper case', () => {
    const proxies = { http_proxy: 'low:1', HTTP_PROXY: 'up:1', https_proxy: 'low:2', no_proxy: 'a b,c' };
    const { settings, origins } = read({ env: { ...watcher, ...proxies } });
    expect(settings.httpProxy?.reveal()).toBe('http://up:1/');
    expect(origins.httpsProxy).toEqual({ from: 'environment', name: 'https_proxy' });
    expect(settings.noProxy).toEqual(['a', 'b', 'c']);
  });
});

describe('what the public chart sets', () => {
  const chart = {
    SECRETS_AUTODISCOVER_ENABLED: 'true',
    IAR_AGENT_SERVICE_PORT: '8001',
    WATCHER_LIST_PAGESIZE: '500',
    IS_KUBERNETES: 'true',
    AGENT_HELM_VERSION: '1.1.20',
    LOG_OUTPUT: '2',
    AGENT_CLUSTER_NAME: '',
    AGENT_REGISTRY_CREDENTIALS: '',
    AGENT_NAMESPACE_EXCLUSIONS: '',
    AGENT_REGISTRY_EXCLUSIONS: '',
    AGENT_IMAGE_EXCLUSIONS: '',
    AGENT_DEBUG: 'false',
    ENABLE_KLOGS: 'false',
    AGENT_RUNMODE: 'socket',
    AGENT_REGION: 'autodiscovery',
    AGENT_TEMP_MOUNT_SIZE: '',
    AGENT_RUNTIME: 'containerd',
    AGENT_RUNTIME_SOCKET: 'unix:///run/containerd/containerd.sock',
    AGENT_MAX_CONSUMER_THREADS: '1',
    __CS_KAC_NAMESPACE: 'falcon-kac',
    POD_NODE_NAME: 'node-1',
    POD_NAME: 'iar-abc',
    POD_NAMESPACE: 'falcon-image-analyzer',
    POD_IP: '10.0.0.7',
    POD_NODE_IP: '192.0.2.1',
    AGENT_CLIENT_ID: 'id\n',
    AGENT_CLIENT_SECRET: 's3cret\n',
    AGENT_CID: '0123456789ABCDEF0123456789ABCDEF-12',
  };

  it('is taken as it is, without a notice', () => {
    const { settings, notices } = read({ env: chart });
    expect(notices).toEqual([]);
    expect(settings).toMatchObject({
      ...{ runmode: 'socket', runtime: 'containerd', runtimeSocket: '/run/containerd/containerd.sock' },
      ...{
        isKubernetes: true,
        region: 'autodiscover',
        scratchBytes: 20 * 2 ** 30,
        logOutput: 2,
        podNodeIp: '192.0.2.1',
      },
      ...{ clientId: 'id', cid: '0123456789abcdef0123456789abcdef-12', sinks: [{ kind: 'falcon' }] },
    });
    expect(settings.clientSecret?.reveal()).toBe('s3cret');
  });

  it('splits the exclusions and credentials at commas', () => {
    const { settings, notices } = read({
      env: {
        ...chart,
        AGENT_NAMESPACE_EXCLUSIONS: 'kube-system, monitoring,',
        AGENT_REGISTRY_EXCLUSIONS: 'index.docker.io,localhost:1234',
        AGENT_IMAGE_EXCLUSIONS: 'docker.io/library/debian:12',
        AGENT_REGISTRY_CREDENTIALS: 'ns1:secret1, ns2:secret2',
      },
    });
    expect(settings).toMatchObject({
      namespaceExclusions: ['kube-system', 'monitoring'],
      registryExclusions: ['index.docker.io', 'localhost:1234'],
      imageExclusions: ['docker.io/library/debian:12'],
      registryCredentials: [
        { namespace: 'ns1', name: 'secret1' },
        { namespace: 'ns2', name: 'secret2' },
      ],
    });
    expect(notices).toEqual([expect.stringMatching(/^AGENT_REGISTRY_CREDENTIALS does not count/)]);
  });

  it.each([
    ['1', 1],
    ['2', 2],
    ['7', 2],
    ['stdout', 2],
  ])('LOG_OUTPUT %s is file descriptor %d', (text, descriptor) => {
    expect(read({ env: { ...chart, LOG_OUTPUT: text } }).settings.logOutput).toBe(descriptor);
  });
});

describe('where inventories go', () => {
  it('to Falcon with credentials', () => {
    expect(read({ env: { ...watcher, ...credentials } })).toMatchObject({
      settings: { sinks: [{ kind: 'falcon' }] },
      notices: [],
    });
  });

  it.each([
    [{}, './reports'],
    [{ IAR_STATE_DIR: '/var/lib/iar' }, '/var/lib/iar/reports'],
  ])('without credentials to a directory, which is said: %j', (env, directory) => {
    const { settings, notices } = read({ env: { ...watcher, ...env } });
    expect(settings.sinks).toEqual([{ kind: 'file', directory }]);
    expect(notices).toEqual([
      `without Falcon credentials inventories are written to ${directory}; IAR_SINK can change that`,
    ]);
  });

  it('where it was said, each once', () => {
    const { settings, notices } = read({ env: { ...watcher, ...credentials, IAR_SINK: 'file:/x,falcon,file:/x' } });
    expect(settings.sinks).toEqual([{ kind: 'file', directory: '/x' }, { kind: 'falcon' }]);
    expect(notices).toEqual([]);
  });
});

describe('what is wrong', () => {
  it('is said at once, each with what to set, and never with a secret', () => {
    const found = problemsOf({
      flags: { memoryBudget: '2MB' },
      env: {
        ...{ AGENT_RUNTIME: 'dcoker', HTTP_PROXY: 'socks5://u:hunter2@x', IAR_FALCON_API_URL: 'https://u:hunter2@x' },
        ...{ AGENT_CLIENT_SECRET: 'hunter2', IAR_CONFIG: 'c.yaml', IAR_CATALOGERS: 'dpkg,dkpg' },
      },
      files: { 'c.yaml': 'prot: 1\nhttp-port: http\nclient-secret: [hunter2]' },
    });
    expect(found).toEqual([
      expect.stringMatching(/^configuration file c\.yaml, line 1: "prot" is no setting/),
      expect.stringMatching(
        /^AGENT_RUNTIME \(--runtime\): "dcoker" in the environment is none of docker, .* \| set AGENT_RUNTIME or --runtime to <docker\|/,
      ),
      expect.stringMatching(
        /^IAR_FALCON_API_URL \(--falcon-api-url\): "https:\/\/\*\*\*@x" in the environment is not /,
      ),
      expect.stringMatching(
        /^IAR_CATALOGERS \(--catalogers\): the list in the environment has the entry "dkpg", which is none of /,
      ),
      expect.stringMatching(/^HTTP_PROXY: the value in the environment is not the .* such as http:\/\/proxy/),
      expect.stringMatching(
        /^IAR_MEMORY_BUDGET \(--memory-budget\): "2MB" on the command line is not a number of bytes/,
      ),
      expect.stringMatching(
        /^IAR_HTTP_PORT \(--http-port\): "http" in the configuration file is neither a port nor off/,
      ),
      expect.stringMatching(/^AGENT_RUNMODE \(--runmode\) is not set \| set .* watcher \(.*\) or socket \(/),
      'AGENT_CLIENT_SECRET is set and AGENT_CLIENT_ID is not | set both, or neither',
      expect.stringMatching(/^IAR_FALCON_API_URL and IAR_FALCON_UPLOAD_URL are not set together/),
    ]);
    expect(found.join()).not.toContain('hunter2');
  });

  it('is one error of exit code 2, in one line', () => {
    const error = new SettingsError([
      { message: 'A is not set', hint: 'set A' },
      { message: 'B is not set', hint: 'set B' },
    ]);
    expect(error).toMatchObject({ exitCode: 2, hint: undefined });
    expect(error.message).toBe('2 problems in the configuration: (1) A is not set: set A; (2) B is not set: set B');
    const single = new SettingsError([{ message: 'A is not set', hint: 'set A' }]);
    expect(single).toMatchObject({ message: 'A is not set', hint: 'set A' });
  });

  it.each([
    ['an id without secret', { AGENT_CLIENT_ID: 'x' }, /^AGENT_CLIENT_ID is set and AGENT_CLIENT_SECRET is not/],
    [
      'falcon without credentials',
      { IAR_SINK: 'falcon' },
      /^IAR_SINK \(--sink\) has falcon, for which there are no cred/,
    ],
    ['one of two URLs', { IAR_FALCON_UPLOAD_URL: 'https://x' }, /are not set together/],
    [
      'credentials that everybody on the way could read',
      { IAR_FALCON_API_URL: 'http://127.0.0.1.example.com', IAR_FALCON_UPLOAD_URL: 'https://x', ...credentials },
      /^IAR_FALCON_API_URL .* is plain http/,
    ],
    ['certificates that are not there', { IAR_CA_CERT: 'gone.pem' }, /gone\.pem cannot be read \(ENOENT\)/],
    ['certificates that are none', { IAR_CA_CERT: 'key.pem' }, /key\.pem holds no certificate/],
    ['a configuration file that is not there', { IAR_CONFIG: 'gone.yaml' }, /gone\.yaml: it cannot be read \(ENOENT\)/],
  ])('%s', (_, env, problem) => {
    const files = { 'key.pem': '-----BEGIN PRIVATE KEY-----' };
    expect(problemsOf({ env: { ...watcher, ...env }, files })).toEqual([expect.stringMatching(problem)]);
  });

  it('is nothing where the certificates are there, or kubectl would merge several files', () => {
    const env = { AGENT_RUNMODE: 'watcher', KUBECONFIG: '/a::/b', IAR_CA_CERT: 'ca.pem' };
    const files = { 'ca.pem': '# ours\n-----BEGIN CERTIFICATE-----\n' };
    const { caCert, kubeconfig } = read({ env, files }).settings;
    expect({ caCert, kubeconfig }).toEqual({ caCert: 'ca.pem', kubeconfig: ['/a', '/b'] });
  });
});

describe('notices', () => {
  it('say what somebody may expect otherwise', () => {
    const env = {
      ...{ AGENT_RUNMODE: 'socket', AGENT_RUNTIME: 'crio', IAR_SNIK: 'falcon', ...credentials },
      ...{ IAR_FALCON_API_URL: 'http://127.0.0.1:1', IAR_FALCON_UPLOAD_URL: 'http://[::1]:2' },
    };
    expect(read({ env }).notices).toEqual([
      'IAR_SNIK is no setting and does nothing; did you mean IAR_SINK?',
      'AGENT_RUNTIME is crio: what runs is asked of CRI-O, the images are read from their registries',
    ]);
  });
});

describe('secretValues', () => {
  it('are the client secret and the passwords of proxies, as written and decoded', () => {
    const proxies = { HTTP_PROXY: 'http://user:p%40ss@proxy:1', HTTPS_PROXY: 'http://proxy:1' };
    const { settings } = read({ env: { ...watcher, ...credentials, ...proxies } });
    expect(secretValues(settings)).toEqual(['s3cret', 'p%40ss', 'p@ss']);
  });

  it('take a password that is not properly encoded as it is', () => {
    const { settings } = read({ env: { ...watcher, HTTP_PROXY: 'http://user:100%25%@proxy:1' } });
    expect(secretValues(settings)).toEqual(['100%25%']);
  });
});
