import { dockerLayerType, exportLayers } from '../export/export-layers.ts';
import type { ExportOptions, Image, ImageLayer, ResolveOptions } from '../image/image.ts';
import { type HistoryEntry, type ImageConfig, platformOf, type RunConfig } from '../image/image-config.ts';
import { formatPlatform, servesPlatform } from '../image/platform.ts';
import type { ReadOptions } from '../image/read-options.ts';
import { RuntimeError } from '../runtime-error.ts';
import type { DockerClient } from './docker-client.ts';
import { type HistoryStep, type InspectedImage, imageHistorySchema, libpodImageSchema } from './engine-documents.ts';
import { imageIdentity } from './image-identity.ts';
import { inspectImage } from './inspect-image.ts';

const dockerManifestType = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerConfigType = 'application/vnd.docker.container.image.v1+json';

/**
 * Asks Docker or Podman for an image. Only metadata is read; the content comes as an export, layer by layer.
 *
 * @throws RuntimeError `IMAGE_UNKNOWN`, `PLATFORM_MISMATCH`, `UNSUPPORTED`, and those of the connection
 */
export async function dockerImage(
  client: DockerClient,
  reference: string,
  { platform: wanted, signal }: ResolveOptions,
): Promise<Image> {
  const inspected = await inspectImage(client, reference, signal);
  const where = `image ${JSON.stringify(reference.slice(0, 200))} at ${client.socketPath}`;
  const diffIds = layersOf(inspected, where);
  const byId = `/images/${encodeURIComponent(inspected.Id)}`;
  const steps = [...(await client.get(`${byId}/history`, imageHistorySchema, signal))].reverse();
  const made = madeLayers(steps, diffIds.length);
  const history = client.kind === 'podman' ? await podmanHistory(client, inspected.Id, signal) : toHistory(steps, made);
  const config = toConfig(inspected, diffIds, history);
  const platform = platformOf(config);
  if (wanted !== undefined && !servesPlatform(wanted, platform)) {
    throw new RuntimeError(
      'PLATFORM_MISMATCH',
      `${where}: it is for ${formatPlatform(platform)}, not ${formatPlatform(wanted)}`,
    );
  }
  const source = {
    diffIds,
    configDigest: inspected.Id,
    where,
    open: (abort: AbortSignal | undefined) => client.export(`${byId}/get`, abort),
  };
  const sizes = made?.map(({ Size }) => Size) ?? [];
  const descriptors = diffIds.map((digest, index) => ({ mediaType: dockerLayerType, digest, size: sizes[index] ?? 0 }));
  const exporting = (options?: ExportOptions) => exportLayers(source, options);
  return {
    reference,
    ...(await imageIdentity(client, inspected.Id, signal)),
    platform,
    manifest: {
      schemaVersion: 2,
      mediaType: dockerManifestType,
      config: { mediaType: dockerConfigType, digest: inspected.Id, size: 0 },
      layers: descriptors,
    },
    config,
    configDigest: inspected.Id,
    size: descriptors.reduce((sum, { size }) => sum + size, 0),
    synthesized: true,
    layers: descriptors.map((descriptor, index) => toLayer(descriptor, index, exporting)),
    exportLayers: exporting,
  };
}

function layersOf({ RootFS, Descriptor }: InspectedImage, where: string): readonly string[] {
  if (Descriptor !== undefined && Descriptor !== null) {
    throw new RuntimeError('UNSUPPORTED', `${where}: Docker keeps it in the store of containerd`, {
      hint: 'read it from the socket of containerd, where Docker has the namespace moby',
    });
  }
  const layers = RootFS?.Layers ?? [];
  if (layers.length > 0) return layers;
  throw new RuntimeError('UNSUPPORTED', `${where}: it has no layers`);
}

/** The steps that made the layers, where it is plain which those are: all steps, or all that wrote something. */
function madeLayers(steps: readonly HistoryStep[], layers: number): readonly HistoryStep[] | undefined {
  const written = steps.filter(({ Size }) => Size > 0);
  return [steps, written].find(({ length }) => length === layers);
}

function toHistory(
  steps: readonly HistoryStep[],
  made: readonly HistoryStep[] | undefined,
): HistoryEntry[] | undefined {
  return (
    made &&
    steps.map((step) => ({
      // Docker tells whole seconds only.
      created: new Date(step.Created * 1000).toISOString().replace('.000Z', 'Z'),
      ...(step.CreatedBy && { created_by: step.CreatedBy }),
      ...(step.Comment && { comment: step.Comment }),
      ...(!made.includes(step) && { empty_layer: true }),
    }))
  );
}

async function podmanHistory(
  client: DockerClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<readonly HistoryEntry[] | undefined> {
  return (await client.get(`/libpod/images/${id.replace(/^sha256:/, '')}/json`, libpodImageSchema, signal)).History;
}

function toConfig(
  inspected: InspectedImage,
  diffIds: readonly string[],
  history: readonly HistoryEntry[] | undefined,
): ImageConfig {
  const { Architecture, Variant, Os, OsVersion, Created, Author, Config } = inspected;
  return {
    ...(Architecture && { architecture: Architecture }),
    ...(Os && { os: Os }),
    ...(Variant && { variant: Variant }),
    // Podman has its own version there.
    ...(Os === 'windows' && OsVersion && { 'os.version': OsVersion }),
    ...(Created && { created: Created }),
    ...(Author && { author: Author }),
    ...(Config && { config: withoutUnset(Config) }),
    rootfs: { type: 'layers', diff_ids: diffIds },
    ...(history && { history }),
  };
}

/** What somebody has set. Docker and Podman tell every field they know, also those that the stored config is without. */
function withoutUnset(config: RunConfig): RunConfig {
  const isSet = (value: unknown): boolean => ![undefined, null, false, ''].includes(value as null);
  return Object.fromEntries(Object.entries(config).filter(([, value]) => isSet(value)));
}

function toLayer(
  descriptor: Pick<ImageLayer, 'digest' | 'mediaType' | 'size'>,
  index: number,
  exporting: Image['exportLayers'],
): ImageLayer {
  const { digest: diffId } = descriptor;
  const open = async function* ({ signal }: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const layer of exporting({ wanted: [diffId], signal })) yield* layer.stream;
  };
  return { index, ...descriptor, diffId, open: (options) => ({ [Symbol.asyncIterator]: () => open(options) }) };
}
