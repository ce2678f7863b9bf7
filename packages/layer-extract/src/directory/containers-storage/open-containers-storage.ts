import { join } from 'node:path';
import type { LayerBlob } from '../../blob/layer-blob.ts';
import { type LayerRecord, readLayerRecords } from './layer-records.ts';
import { replayLayer } from './replay-layer.ts';
import { type StorageLimits, storageLimits } from './storage-limits.ts';

/** A layer that a runtime keeps unpacked. */
export interface StoredLayer extends LayerBlob {
  /** Its id in the storage, 64 hexadecimal digits. */
  readonly id: string;
  /** The id of the layer below it; undefined for the lowest. */
  readonly parent: string | undefined;
  /** Digest of the archive: what {@link open} gives has it, or ends with an error. */
  readonly diffId: string;
  /** Bytes of the archive, where noted. */
  readonly size: number | undefined;
  /**
   * The layer's archive, uncompressed, byte for byte. Files are only looked for in the layer's folder: a link to a
   * directory leads where it leads in a container.
   *
   * @throws ExtractError `STORAGE_INVALID` where files are missing or changed, at the latest behind the last byte;
   * `LIMIT_EXCEEDED`, and the errors of the compressed notes; the abort reason unchanged.
   */
  open(options?: { signal?: AbortSignal }): AsyncIterable<Uint8Array>;
}

/** The layers of images in a containers/storage folder. */
export interface ContainersStorage {
  readonly layers: readonly StoredLayer[];
  /** A layer by its id or its diffID; the first one where layers of several images have the same diffID. */
  layer(idOrDiffId: string): StoredLayer | undefined;
}

/** Options of {@link openContainersStorage}. */
export interface ContainersStorageOptions {
  readonly limits?: Partial<StorageLimits>;
}

/**
 * Reads what CRI-O, Podman and Buildah have unpacked (containers/storage with the driver `overlay`, by default in
 * `/var/lib/containers/storage`), as of now. Nothing is held open or locked: a layer that is removed while it is read
 * ends with an error.
 *
 * @param root the storage's folder, the one with `overlay-layers` in it
 * @throws ExtractError `STORAGE_INVALID` or `LIMIT_EXCEEDED` for a list of layers that is none; the system's error where
 * there is none.
 */
export async function openContainersStorage(
  root: string,
  options: ContainersStorageOptions = {},
): Promise<ContainersStorage> {
  const limits = { ...storageLimits, ...options.limits };
  const records = await readLayerRecords(join(root, 'overlay-layers', 'layers.json'), limits.recordBytes);
  const layers = records.map((record) => storedLayer(root, record, limits));
  return {
    layers,
    layer: (wanted) => layers.find(({ id }) => id === wanted) ?? layers.find(({ diffId }) => diffId === wanted),
  };
}

function storedLayer(root: string, record: LayerRecord, limits: StorageLimits): StoredLayer {
  return {
    ...record,
    mediaType: 'application/vnd.oci.image.layer.v1.tar',
    open: ({ signal } = {}) => replayLayer(root, record, limits, signal),
  };
}
