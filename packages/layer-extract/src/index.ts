export type { LayerBlob } from './blob/layer-blob.ts';
export type { Compression } from './blob/layer-media-type.ts';
export type { CompressionMismatch } from './decompress/decode-blob.ts';
export { type DecompressOptions, decompress } from './decompress/decompress.ts';
export {
  type ContainersStorage,
  type ContainersStorageOptions,
  openContainersStorage,
  type StoredLayer,
} from './directory/containers-storage/open-containers-storage.ts';
export { type StorageLimits, storageLimits } from './directory/containers-storage/storage-limits.ts';
export { type DirectoryLimits, directoryLimits } from './directory/directory-limits.ts';
export { type WalkDirectoryOptions, walkDirectory } from './directory/walk-directory.ts';
export type {
  EntryContent,
  EntryHeader,
  FileEntry,
  FileEvent,
  LinkEntry,
  MarkerEntry,
  NodeEntry,
  ProblemEntry,
} from './event/file-event.ts';
export { type WalkOptions, walkLayer } from './event/walk-layer.ts';
export { ExtractError, type ExtractErrorCode, type ExtractErrorOptions } from './extract-error.ts';
export { type ExtractLimits, extractLimits } from './extract-limits.ts';
export { type IndexedLayer, indexLayer } from './layer-index/index-layer.ts';
export { type LayerIndex, type LayerLink, layerIndexVersion } from './layer-index/layer-index.ts';
export type { IndexedEvent } from './layer-index/layer-index-builder.ts';
export { decodeLayerIndex, encodeLayerIndex } from './layer-index/layer-index-codec.ts';
export type { FileLocation, FileView, ResolvedLocation, ViewLink, ViewWhiteout } from './merge/file-view.ts';
export { type MergeOptions, mergeLayers } from './merge/merge-layers.ts';
export { type NormalizedPath, normalizeLayerPath } from './path/normalize-layer-path.ts';
export {
  openSeekableLayer,
  type SeekableLayer,
  type SeekableOptions,
  type SeekableWalkOptions,
} from './seekable/open-seekable-layer.ts';
export type { SeekableBlob } from './seekable/seekable-blob.ts';
export type { SelectFile, TocEvent } from './seekable/walk-toc.ts';
