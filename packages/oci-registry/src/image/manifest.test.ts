import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../reference/digest.ts';
import { parseConfig } from './config.ts';
import { parseManifest } from './manifest.ts';
import { dockerManifestType, ociConfigType, ociIndexType, ociLayerType, ociManifestType } from './media-types.ts';

const digest = digestOf(Buffer.from('x'));
const config = { mediaType: ociConfigType, digest, size: 1 };
const manifest = { schemaVersion: 2, mediaType: ociManifestType, config, layers: [] };
const index = { schemaVersion: 2, mediaType: ociIndexType, manifests: [] };

const parse = (document: unknown, contentType?: string) =>
  parseManifest(Buffer.from(JSON.stringify(document)), contentType, 'test');

describe('parseManifest', () => {
  it('tells manifests and indexes apart, with or without mediaType and header', () => {
    expect(parse(manifest).kind).toBe('manifest');
    expect(parse(index, `${ociIndexType}; charset=utf-8`).kind).toBe('index');
    expect(parse({ ...manifest, mediaType: undefined })).toMatchObject({
      kind: 'manifest',
      mediaType: ociManifestType,
    });
    expect(parse({ ...manifest, mediaType: undefined }, dockerManifestType).mediaType).toBe(dockerManifestType);
    expect(parse({ ...index, mediaType: null }).mediaType).toBe(ociIndexType);
  });

  it('does not mind a header that names no manifest type', () => {
    for (const header of ['application/json', 'text/plain', 'application/octet-stream', '']) {
      expect(parse(manifest, header).kind).toBe('manifest');
    }
  });

  it('tolerates nulls and keeps fields it does not know', () => {
    const document = {
      ...manifest,
      layers: null,
      annotations: null,
      custom: { a: 1 },
      config: { ...config, urls: null },
    };
    expect(parse(document).document).toMatchObject({ layers: [], custom: { a: 1 } });
  });

  it.each([
    ['both manifest and index', { ...manifest, mediaType: undefined, manifests: [] }, undefined],
    ['an index that calls itself a manifest', { ...index, mediaType: ociManifestType }, undefined],
    ['a manifest served as an index', manifest, ociIndexType],
    ['a mediaType that denies its header', manifest, dockerManifestType],
    ['no config', { ...manifest, config: undefined }, undefined],
    ['a digest that is a path', { ...manifest, config: { ...config, digest: 'sha256:../../etc/passwd' } }, undefined],
    ['a negative size', { ...manifest, layers: [{ ...config, size: -1 }] }, undefined],
    ['a size with a fraction', { ...manifest, layers: [{ ...config, size: 1.5 }] }, undefined],
    ['a size beyond what is exact', { ...manifest, layers: [{ ...config, size: 2 ** 60 }] }, undefined],
  ])('refuses %s', (_, document, contentType) => {
    expect(() => parse(document, contentType)).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
  });

  it.each([
    ['schema 1', { schemaVersion: 1, fsLayers: [], history: [] }, undefined, /schema 1/],
    ['signed schema 1', {}, 'application/vnd.docker.distribution.manifest.v1+prettyjws', /schema 1/],
    [
      'an OCI artifact manifest',
      { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', blobs: [] },
      undefined,
      /artifact/,
    ],
    ['some other JSON', { hello: 'world' }, 'application/json', /no image manifest/],
    ['a JSON array', [], undefined, /no image manifest/],
    ['null', null, undefined, /no image manifest/],
  ])('does not support %s', (_, document, contentType, message) => {
    const run = (): unknown => parse(document, contentType);
    expect(run).toThrow(expect.objectContaining({ code: 'MANIFEST_UNSUPPORTED', hint: expect.any(String) }));
    expect(run).toThrow(message);
  });

  it('fails in its own words on any bytes', () => {
    const mutated = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
      const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: [config] }));
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            parseManifest(bytes, undefined, 'test');
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^MANIFEST_/) });
          }
        },
      ),
    );
  });

  it('takes no more layers and no more platforms than its bound, and says so', () => {
    const descriptor = { mediaType: ociLayerType, digest: `sha256:${'0'.repeat(64)}`, size: 1 };
    const many = new Array(10_001).fill(descriptor);
    for (const document of [
      { schemaVersion: 2, config: descriptor, layers: many },
      { schemaVersion: 2, manifests: many },
    ]) {
      expect(() => parseManifest(Buffer.from(JSON.stringify(document)), undefined, 'test')).toThrow(
        /MANIFEST_INVALID.*(layers|manifests): there are more than 10000/,
      );
    }
  });

  it('does not lose its stack on deep nesting', () => {
    const deep = `{"schemaVersion":2,"config":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(() => parseManifest(Buffer.from(deep), undefined, 'test')).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });
});

describe('parseConfig', () => {
  it('tolerates nulls as Go writes them, and keeps fields it does not know', () => {
    const document = {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: null, Labels: null, Cmd: ['sh'], OnBuild: null },
      rootfs: { type: 'layers', diff_ids: null },
      history: [{ created_by: 'x', empty_layer: null }],
      moby: 1,
    };
    expect(parseConfig(Buffer.from(JSON.stringify(document)), 'test')).toMatchObject({
      rootfs: { diff_ids: [] },
      config: { Cmd: ['sh'] },
      moby: 1,
    });
  });

  it.each([
    ['no rootfs', '{}'],
    ['diff_ids that are no digests', '{"rootfs":{"diff_ids":["x"]}}'],
    ['no JSON', 'PK'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('refuses a config with %s', (_, text) => {
    expect(() => parseConfig(Buffer.from(text as string), 'test')).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });
});
