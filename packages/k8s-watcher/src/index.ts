export type { ContainerKind, ImageGone, ImageSeen, PodContext, PodImage } from './image-event.ts';
export { WatcherError, type WatcherErrorCode, type WatcherErrorOptions } from './watcher-error.ts';
