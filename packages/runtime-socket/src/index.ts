export { createRuntime } from './create-runtime.ts';
export { defaultEndpoints } from './endpoint/default-endpoints.ts';
export { type DetectedRuntime, type Detection, type DetectOptions, detectRuntime } from './endpoint/detect-runtime.ts';
export { type ParseEndpointOptions, parseEndpoint } from './endpoint/parse-endpoint.ts';
export type { RuntimeEndpoint, RuntimeKind } from './endpoint/runtime-endpoint.ts';
export type {
  ExportedLayer,
  ExportOptions,
  Image,
  ImageLayer,
  ImageSource,
  ResolveOptions,
} from './image/image.ts';
export type { HistoryEntry, ImageConfig, RunConfig } from './image/image-config.ts';
export type { Descriptor, ImageManifest } from './image/manifest.ts';
export type { Platform } from './image/platform.ts';
export type { ReadOptions } from './image/read-options.ts';
export type { Runtime, RuntimeVersion } from './runtime.ts';
export { RuntimeError, type RuntimeErrorCode, type RuntimeErrorOptions } from './runtime-error.ts';
export type { RunningImage } from './watch/running-image.ts';
export type { RuntimeEvent } from './watch/runtime-event.ts';
export type { WatchOptions } from './watch/watch-options.ts';
