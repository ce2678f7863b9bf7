import type { FalconInventoryContext } from './inventory-context.ts';
import type { InventoryInput } from './inventory-input.ts';

/** A digest of one repeated digit. */
export function digest(character: string): string {
  return `sha256:${character.repeat(64)}`;
}

/** A context with the required members only. */
export const context: FalconInventoryContext = {
  agentUuid: 'agent-1',
  agentVersion: '1.2.3',
  agentVersionHash: 'c0ffee',
  clusterId: 'cluster-1',
  clusterName: 'production',
  helmVersion: '1.2.0',
  hostIp: '10.0.0.7',
  hostName: 'node-7',
  runmode: 'watcher',
  originalImageName: 'shop:1.2',
  collectedAt: '2026-08-01T12:00:00Z',
  engineVersion: '4.5.6',
};

/** An image that holds nothing. */
export const scratch: InventoryInput = {
  subject: {
    reference: 'ghcr.io/acme/tool@sha256:0123',
    digest: digest('a'),
    configDigest: digest('b'),
    platform: { os: 'linux', architecture: 'amd64' },
    manifest: {},
    config: {},
  },
  layers: [],
  packages: [],
  files: [],
  models: [],
  secrets: [],
  whiteouts: [],
};

/** An image with something of everything. */
export const debian: InventoryInput = {
  subject: {
    reference: 'registry.acme.test:5000/team/shop:1.2',
    digest: digest('a'),
    indexDigest: digest('c'),
    configDigest: digest('b'),
    platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    manifest: {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('b'), size: 700, extra: true },
      layers: [
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('1'), size: 1000, urls: null },
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('2'), size: 24 },
      ],
      annotations: { title: 'shop', broken: 7 },
      unknown: 'x',
    },
    config: {
      architecture: 'arm64',
      os: 'linux',
      created: '2026-07-01T08:00:00.5Z',
      docker_version: '27',
      rootfs: { type: 'layers', diff_ids: [digest('3'), digest('4')] },
      history: [
        { created: '2026-07-01T08:00:00Z', created_by: 'ADD rootfs', comment: null },
        { created: 'yesterday', created_by: 'ENV A=1', empty_layer: true },
      ],
      config: {
        Hostname: '',
        Cmd: null,
        Entrypoint: ['/bin/shop'],
        Env: ['PATH=/bin'],
        ExposedPorts: { '80/tcp': {}, '81/tcp': null },
        Labels: { a: 'b' },
        WorkingDir: '/app',
        OnBuild: null,
      },
    },
  },
  layers: [
    {
      digest: digest('1'),
      diffId: digest('3'),
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      size: 1000,
      createdAt: '2026-07-01T08:00:00Z',
      createdBy: 'ADD rootfs',
    },
    { digest: digest('2'), mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', size: 24 },
  ],
  distro: { id: 'debian', name: 'Debian GNU/Linux', versionId: '12', layer: 0 },
  packages: [
    {
      type: 'deb',
      class: 'os',
      scope: 'installed',
      name: 'libpam-runtime',
      version: '1.5.2-6+deb12u1',
      architecture: 'all',
      source: { name: 'pam' },
      licenses: [],
      occurrences: [{ path: 'var/lib/dpkg/status', introducedIn: 1 }],
      details: { status: 'install ok installed' },
    },
    {
      type: 'npm',
      class: 'language',
      scope: 'installed',
      namespace: '@acme',
      name: 'left-pad',
      version: '1.3.0',
      licenses: ['MIT', 'Apache-2.0'],
      hashes: [
        { algorithm: 'SHA-1', content: 'aa' },
        { algorithm: 'SHA-256', content: 'bb' },
      ],
      occurrences: [
        { path: 'app/node_modules/left-pad/package.json', introducedIn: 1 },
        { path: 'app/node_modules/b/left-pad/package.json', introducedIn: 0 },
      ],
      details: {},
    },
    {
      type: 'golang',
      class: 'binary',
      scope: 'installed',
      namespace: 'golang.org/x',
      name: 'crypto',
      version: 'v0.31.0',
      licenses: [],
      occurrences: [{ path: 'bin/shop', introducedIn: 1 }],
      details: {},
    },
    {
      type: 'maven',
      class: 'language',
      scope: 'installed',
      namespace: 'org.acme',
      name: 'cart',
      version: '2',
      licenses: [],
      occurrences: [{ path: 'app/cart.jar', introducedIn: 7 }],
      details: {},
    },
    {
      type: 'brand-new',
      class: 'language',
      scope: 'declared',
      name: 'x',
      version: '',
      licenses: [],
      occurrences: [{ path: '/x.lock', introducedIn: 1 }],
      details: {},
    },
  ],
  files: [
    { path: 'bin/shop', layer: 1, format: 'elf', size: 10, mode: 0o4755, sha256: 'e1', details: { pie: true } },
    { path: 'bin/start', layer: 0, format: 'script', size: 5, mode: 0o644, sha256: 'e2', details: {} },
  ],
  models: [{ path: 'm.gguf', layer: 1, format: 'gguf', size: 9, sha256: 'e3', details: { name: 'tiny' } }],
  secrets: [
    { path: 'app/.env', layer: 1, line: 1, rule: 'aws-key', name: 'KEY', hash: 'f1', masked: 'AK…Z' },
    { path: 'app/.npmrc', layer: 0, line: 2, rule: 'npm-token', hash: 'f2', masked: 'np…9' },
    { path: 'app/.env', layer: 1, line: 9, rule: 'jwt', hash: 'f3', masked: 'ey…A' },
  ],
  whiteouts: [{ path: 'etc/motd' }, { path: 'app/old' }, { path: 'etc/motd' }],
};
