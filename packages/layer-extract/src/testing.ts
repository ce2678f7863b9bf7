export { type BuildLayerOptions, type BuiltLayer, buildLayer, type LayerFormat } from './testing/build-layer.ts';
export type { TocRow } from './testing/chunked-archive.ts';
export {
  device,
  directory,
  type EntryAttributes,
  fifo,
  file,
  hardlink,
  type LayerEntry,
  opaque,
  symlink,
  whiteout,
} from './testing/layer-entry.ts';
export { buildTar } from './testing/write-tar.ts';
