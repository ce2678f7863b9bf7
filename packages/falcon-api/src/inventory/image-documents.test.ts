import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkInventoryScanRequest } from '../wire/parse-inventory-scan-request.ts';
import { toConfigInfo, toImageDocument } from './config-document.ts';
import type { InventoryInput } from './inventory-input.ts';
import { toManifestDocument } from './manifest-document.ts';
import { toFalconInventory } from './to-falcon-inventory.ts';

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

function imageOf(documents: { config?: Record<string, unknown>; manifest?: Record<string, unknown> }): InventoryInput {
  return {
    subject: {
      reference: 'acme/shop',
      digest: 'sha256:d',
      configDigest: 'sha256:c',
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      manifest: {},
      config: {},
      ...documents,
    },
    layers: [
      { digest: 'sha256:1', diffId: 'sha256:11', mediaType: layerType, size: 3 },
      { digest: 'sha256:2', mediaType: layerType, size: 4 },
    ],
    packages: [],
    files: [],
    models: [],
    secrets: [],
    whiteouts: [],
  };
}

describe('the image config', () => {
  it('keeps what the cloud knows and leaves out everything else', () => {
    const config = {
      architecture: 'amd64',
      author: 'acme',
      created: '2026-07-01T08:00:00Z',
      container: 'f00d',
      os: 'windows',
      'os.version': '10.0.20348',
      'os.features': ['win32k'],
      variant: null,
      rootfs: { type: 'layers', diff_ids: ['sha256:11'], extra: 1 },
      history: [{ created: 'no time', created_by: 'RUN', author: null, empty_layer: true, extra: 1 }, 'not an entry'],
      config: { Cmd: ['a', 7, 'b'], Entrypoint: 'a', Labels: { a: 'b', c: 7 }, ArgsEscaped: true, Healthcheck: {} },
    };
    expect(toImageDocument(imageOf({ config }))).toEqual({
      architecture: 'amd64',
      author: 'acme',
      config: { ArgsEscaped: true, Cmd: ['a', 'b'], Labels: { a: 'b' } },
      created: '2026-07-01T08:00:00Z',
      history: [{ created_by: 'RUN', empty_layer: true }],
      os: 'windows',
      'os.features': ['win32k'],
      'os.version': '10.0.20348',
      rootfs: { diff_ids: ['sha256:11'], type: 'layers' },
      variant: 'v7',
    });
  });

  it('is made from the platform and the layers where the document says nothing', () => {
    expect(toImageDocument(imageOf({}))).toEqual({
      architecture: 'arm',
      os: 'linux',
      rootfs: { diff_ids: ['sha256:11'], type: 'layers' },
      variant: 'v7',
    });
  });

  it('gives a flat config with every member', () => {
    expect(toConfigInfo(imageOf({}))).toEqual({
      Cmd: [],
      Entrypoint: [],
      Env: [],
      ExposedPorts: {},
      Labels: {},
      StopSignal: '',
      User: '',
      Volumes: {},
      WorkingDir: '',
    });
    const config = {
      config: {
        Cmd: ['a'],
        Entrypoint: ['b'],
        Env: ['A=1'],
        ExposedPorts: { '80/tcp': {}, '81/udp': null },
        Labels: JSON.parse('{"__proto__":"x"}'),
        StopSignal: 'SIGINT',
        User: '0:0',
        Volumes: { '/data': {} },
        WorkingDir: '/app',
      },
    };
    expect(JSON.stringify(toConfigInfo(imageOf({ config })))).toBe(
      '{"Cmd":["a"],"Entrypoint":["b"],"Env":["A=1"],"ExposedPorts":{"80/tcp":{},"81/udp":{}},"Labels":{"__proto__":"x"},"StopSignal":"SIGINT","User":"0:0","Volumes":{"/data":{}},"WorkingDir":"/app"}',
    );
  });
});

describe('the manifest', () => {
  it('keeps what the cloud knows and leaves out everything else', () => {
    const descriptor = { mediaType: 'm', digest: 'sha256:x', size: 5 };
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'a',
      annotations: { a: 'b' },
      config: {
        ...descriptor,
        data: 'e30=',
        urls: ['u'],
        platform: { architecture: 'arm', os: 'linux', variant: 'v7', extra: 1 },
      },
      layers: [descriptor, { ...descriptor, size: -0.5 }, { ...descriptor, platform: { os: 'linux' } }, 7],
      subject: { ...descriptor, annotations: { c: 'd' }, artifactType: 't' },
      signatures: [],
    };
    expect(toManifestDocument(imageOf({ manifest }))).toEqual({
      annotations: { a: 'b' },
      artifactType: 'a',
      config: {
        ...descriptor,
        data: 'e30=',
        urls: ['u'],
        platform: { architecture: 'arm', os: 'linux', variant: 'v7' },
      },
      layers: [descriptor, descriptor],
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      schemaVersion: 2,
      subject: { ...descriptor, annotations: { c: 'd' }, artifactType: 't' },
    });
  });

  it('is made from config digest and layers where the document says nothing', () => {
    expect(toManifestDocument(imageOf({ manifest: { config: { digest: 'sha256:x' }, schemaVersion: 'two' } }))).toEqual(
      {
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: 'sha256:c', size: 0 },
        layers: [
          { mediaType: layerType, digest: 'sha256:1', size: 3 },
          { mediaType: layerType, digest: 'sha256:2', size: 4 },
        ],
        schemaVersion: 2,
      },
    );
  });
});

/** JSON objects that look like image documents often enough to reach every branch. */
const documents = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 1, 1.5, 1e300, '', 'text', '2026-01-01T00:00:00Z', 'e30='),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...['architecture', 'config', 'created', 'history', 'os', 'os.features', 'rootfs', 'diff_ids', 'type', 'Cmd'],
        ...['Labels', 'ExposedPorts', 'layers', 'digest', 'mediaType', 'size', 'platform', 'annotations', 'data'],
        ...['subject', 'schemaVersion', '__proto__', 'constructor', 'urls', 'created_by', 'empty_layer'],
      ),
      tie('value'),
    ),
  ),
})).value;

describe('any documents', () => {
  it('give a body the published schema accepts', () => {
    const foreign = fc.dictionary(
      fc.constantFrom('config', 'layers', 'rootfs', 'history', 'created', 'architecture', 'os', 'subject', 'variant'),
      documents,
    );
    fc.assert(
      fc.property(foreign, foreign, (config, manifest) => {
        const request = toFalconInventory(imageOf({ config, manifest }), {
          agentUuid: '',
          agentVersion: '',
          agentVersionHash: '',
          clusterId: '',
          clusterName: '',
          helmVersion: '',
          hostIp: '',
          hostName: '',
          runmode: '',
          originalImageName: '',
          collectedAt: '',
          engineVersion: '',
        });
        expect(checkInventoryScanRequest(JSON.parse(JSON.stringify(request)))).toMatchObject({ valid: true });
      }),
      { numRuns: 300 },
    );
  });
});
