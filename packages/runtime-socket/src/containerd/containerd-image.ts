import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import type { ExportedLayer, ExportOptions, Image, ImageLayer, ResolveOptions } from '../image/image.ts';
import { type ImageConfig, imageConfigSchema, platformOf } from '../image/image-config.ts';
import { formatPlatform, servesPlatform } from '../image/platform.ts';
import { RuntimeError } from '../runtime-error.ts';
import { parseDocument } from '../wire/parse-document.ts';
import { ContentStore } from './content-store.ts';
import { findManifest } from './find-manifest.ts';
import { findTarget } from './image-names.ts';

/**
 * Finds an image in containerd's content store and reads its manifest and config, verified. With
 * `discard_unpacked_layers`, the default of some clouds' nodes, these stay but no layer does: then opening one throws
 * `CONTENT_DISCARDED`, and whoever has read the layer before can do without.
 *
 * @throws RuntimeError `IMAGE_UNKNOWN`, `PLATFORM_MISMATCH`, `CONTENT_DISCARDED` where manifest or config is gone,
 *   `DIGEST_INVALID`, `INVALID_RESPONSE`, and those of the connection
 */
export async function containerdImage(
  connection: GrpcConnection,
  reference: string,
  { platform: wanted, signal }: ResolveOptions,
): Promise<Image> {
  const store = new ContentStore(connection);
  const target = await findTarget(connection, reference, signal);
  const { manifest, ...found } = await findManifest(store, target, wanted, signal);
  const where = `image ${JSON.stringify(reference.slice(0, 200))} at ${connection.socketPath}`;
  const config = await readConfig(store, manifest.config.digest, manifest.layers.length, where, signal);
  const platform = platformOf(config);
  if (wanted !== undefined && !servesPlatform(wanted, platform)) {
    const offered = formatPlatform(platform);
    throw new RuntimeError('PLATFORM_MISMATCH', `${where}: it is for ${offered}, not ${formatPlatform(wanted)}`);
  }
  const layers = manifest.layers.map(({ digest, mediaType, size }, index): ImageLayer => {
    const diffId = config.rootfs.diff_ids[index];
    return {
      ...{ index, digest, mediaType, size },
      ...(diffId !== undefined && { diffId }),
      open: (options) => store.open(digest, `layer ${index}`, options?.signal),
    };
  });
  return {
    reference,
    ...found,
    identity: 'manifest',
    platform,
    manifest,
    config,
    configDigest: manifest.config.digest,
    size: manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size),
    synthesized: false,
    layers,
    exportLayers: (options) => ({ [Symbol.asyncIterator]: () => exportStored(layers, config, where, options) }),
  };
}

async function readConfig(
  store: ContentStore,
  digest: string,
  layers: number,
  where: string,
  signal: AbortSignal | undefined,
): Promise<ImageConfig> {
  const config = parseDocument(await store.document(digest, 'config', signal), imageConfigSchema, `config ${digest}`);
  const ids = config.rootfs.diff_ids.length;
  if (ids === layers) return config;
  throw new RuntimeError('INVALID_RESPONSE', `${where}: the manifest has ${layers} layers, the config ${ids}`);
}

/** The layers one after the other; every one is a read of its own, so nothing that is not wanted is read. */
async function* exportStored(
  layers: readonly ImageLayer[],
  config: ImageConfig,
  where: string,
  { wanted, onConfig, signal }: ExportOptions = {},
): AsyncGenerator<ExportedLayer, void, undefined> {
  onConfig?.(config);
  const left = new Set(wanted ?? config.rootfs.diff_ids);
  for (const { index, diffId, digest, mediaType, size, open } of layers) {
    if (diffId !== undefined && left.delete(diffId)) {
      yield { index, diffId, digest, mediaType, size, stream: open({ signal }) };
    }
  }
  const [absent] = left;
  if (absent !== undefined) throw new RuntimeError('INVALID_RESPONSE', `${where}: it has no layer ${absent}`);
}
