import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  dockerConfigType,
  dockerIndexType,
  dockerLayerType,
  dockerManifestType,
  ociConfigType,
  ociIndexType,
  ociLayerType,
  ociManifestType,
} from '../image/media-types.ts';
import type { Platform } from '../image/platform.ts';
import { digestOf } from '../reference/digest.ts';
import { buildTar, type TarEntry } from './tar.ts';

/** Compression of a layer to be built. */
export type LayerCompression = 'gzip' | 'zstd' | 'none';

/** A layer to be built. */
export interface LayerSpec {
  /** What it contains. */
  readonly entries?: readonly TarEntry[] | undefined;
  /** The uncompressed tar itself, instead of `entries`. */
  readonly tar?: Uint8Array | undefined;
  /** Default gzip. */
  readonly compression?: LayerCompression | undefined;
  /** Media type instead of the one that format and compression give. */
  readonly mediaType?: string | undefined;
  /** `urls` of a foreign layer. */
  readonly urls?: readonly string[] | undefined;
}

/** An image for one platform to be built. */
export interface ImageSpec {
  /** Base layer first. Default: one layer with one file. */
  readonly layers?: readonly LayerSpec[] | undefined;
  /** Media types of OCI or of Docker. Default `oci`. */
  readonly format?: 'oci' | 'docker' | undefined;
  /** Default linux/amd64. */
  readonly platform?: Platform | undefined;
  /** Fields of the image config, put over the generated ones. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Fields of the manifest, put over the generated ones. */
  readonly manifest?: Readonly<Record<string, unknown>> | undefined;
}

/** An index of several images to be built. */
export interface IndexSpec {
  readonly images: readonly ImageSpec[];
  /** Media type of OCI or of Docker. Default `oci`. */
  readonly format?: 'oci' | 'docker' | undefined;
  /** Add a BuildKit attestation manifest for `unknown/unknown` to each image. Default false. */
  readonly attestations?: boolean | undefined;
}

/** Bytes with what a descriptor says of them. */
export interface BuiltBlob {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  readonly bytes: Uint8Array;
}

/** A layer that was built. */
export interface BuiltLayer extends BuiltBlob {
  /** Digest of the uncompressed tar. */
  readonly diffId: string;
  /** The uncompressed tar. */
  readonly tar: Uint8Array;
}

/** An image for one platform that was built. */
export interface BuiltPlatformImage {
  readonly platform: Platform;
  readonly manifest: BuiltBlob;
  readonly config: BuiltBlob;
  readonly layers: readonly BuiltLayer[];
}

/** Everything an image consists of. */
export interface BuiltImage {
  /** The manifest or index that a tag would name. */
  readonly root: BuiltBlob;
  /** The images of all platforms; one where `root` is a manifest. */
  readonly images: readonly BuiltPlatformImage[];
  /** All manifests, `root` included. */
  readonly manifests: readonly BuiltBlob[];
  /** All configs and layers. */
  readonly blobs: readonly BuiltBlob[];
}

const layerSuffix = {
  oci: { gzip: '+gzip', zstd: '+zstd', none: '' },
  docker: { gzip: '.gzip', zstd: '.zstd', none: '' },
} as const;

function blob(bytes: Uint8Array, mediaType: string): BuiltBlob {
  return { digest: digestOf(bytes), mediaType, size: bytes.length, bytes };
}

function jsonBlob(document: unknown, mediaType: string): BuiltBlob {
  return blob(Buffer.from(JSON.stringify(document)), mediaType);
}

function describe({ digest, mediaType, size }: BuiltBlob): { mediaType: string; digest: string; size: number } {
  return { mediaType, digest, size };
}

async function buildLayer(spec: LayerSpec, format: 'oci' | 'docker'): Promise<BuiltLayer> {
  const tar = spec.tar ?? (await buildTar(spec.entries ?? []));
  const compression = spec.compression ?? 'gzip';
  const compress = { gzip: gzipSync, zstd: zstdCompressSync, none: (bytes: Uint8Array) => bytes }[compression];
  const base = format === 'oci' ? ociLayerType : dockerLayerType;
  const mediaType = spec.mediaType ?? base + layerSuffix[format][compression];
  return { ...blob(compress(tar), mediaType), diffId: digestOf(tar), tar };
}

function wirePlatform({ os, architecture, variant, osVersion }: Platform): Record<string, string> {
  return {
    os,
    architecture,
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { 'os.version': osVersion }),
  };
}

const defaultLayers: readonly LayerSpec[] = [{ entries: [{ path: 'etc/hostname', content: 'falcon\n' }] }];

async function buildPlatformImage(spec: ImageSpec): Promise<BuiltPlatformImage> {
  const { format = 'oci', platform = { os: 'linux', architecture: 'amd64' }, layers: specs = defaultLayers } = spec;
  const layers = await Promise.all(specs.map((layer) => buildLayer(layer, format)));
  const rootfs = { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) };
  const config = jsonBlob(
    { ...wirePlatform(platform), config: { Cmd: ['/bin/sh'] }, rootfs, ...spec.config },
    format === 'oci' ? ociConfigType : dockerConfigType,
  );
  const mediaType = format === 'oci' ? ociManifestType : dockerManifestType;
  const described = layers.map((layer, index) => {
    const urls = specs[index]?.urls;
    return { ...describe(layer), ...(urls !== undefined && { urls }) };
  });
  const document = { schemaVersion: 2, mediaType, config: describe(config), layers: described, ...spec.manifest };
  return { platform, manifest: jsonBlob(document, mediaType), config, layers };
}

/** What BuildKit files beside an image: an in-toto statement as layer, for no platform. */
async function buildAttestation(subject: BuiltBlob): Promise<{ image: BuiltPlatformImage; child: object }> {
  const platform = { os: 'unknown', architecture: 'unknown' };
  const statement = Buffer.from('{"_type":"https://in-toto.io/Statement/v0.1"}');
  const image = await buildPlatformImage({
    platform,
    layers: [{ tar: statement, compression: 'none', mediaType: 'application/vnd.in-toto+json' }],
  });
  const annotations = {
    'vnd.docker.reference.digest': subject.digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  };
  return { image, child: { ...describe(image.manifest), platform, annotations } };
}

async function buildIndex(spec: IndexSpec): Promise<BuiltImage> {
  const { format = 'oci', attestations = false } = spec;
  const images = await Promise.all(spec.images.map((image) => buildPlatformImage({ format, ...image })));
  const children: object[] = images.map(({ manifest, platform }) => ({
    ...describe(manifest),
    platform: wirePlatform(platform),
  }));
  const attached = attestations ? await Promise.all(images.map(({ manifest }) => buildAttestation(manifest))) : [];
  const mediaType = format === 'oci' ? ociIndexType : dockerIndexType;
  const manifests = [...children, ...attached.map(({ child }) => child)];
  const root = jsonBlob({ schemaVersion: 2, mediaType, manifests }, mediaType);
  const all = [...images, ...attached.map(({ image }) => image)];
  return {
    root,
    images,
    manifests: [root, ...all.map(({ manifest }) => manifest)],
    blobs: all.flatMap(({ config, layers }) => [config, ...layers]),
  };
}

/**
 * Builds a small image, or an index of images, in memory: tar, compression, config, manifest, with real digests. The
 * same spec gives the same digests, as far as zlib's version is the same.
 */
export async function buildImage(spec: ImageSpec | IndexSpec = {}): Promise<BuiltImage> {
  if ('images' in spec) return buildIndex(spec);
  const image = await buildPlatformImage(spec);
  return {
    root: image.manifest,
    images: [image],
    manifests: [image.manifest],
    blobs: [image.config, ...image.layers],
  };
}
