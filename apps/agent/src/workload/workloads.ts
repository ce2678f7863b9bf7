import type { ScannableImage } from '../inventory/scannable-image.ts';
import type { WorkloadContext } from './workload-context.ts';

/** An image as it was found, and where its layers come from. */
export interface OpenedImage {
  readonly image: ScannableImage;
  readonly from: 'registry' | 'runtime';
}

/** A container runs an image. */
export interface ImageSighting {
  /** The same for all containers that run the same image on the same platform. */
  readonly key: string;
  /** Whether the key stands for this image for ever, because a digest is in it. */
  readonly isPinned: boolean;
  /** What opens the image for this container: the same for containers with the same pull secrets. */
  readonly access: string;
  /** The image as the workload names it. */
  readonly reference: string;
  readonly context: WorkloadContext;
  /**
   * Finds the image where this container's runtime has it or got it from.
   *
   * @throws RegistryError, RuntimeError, WatcherError, ImageMovedError
   */
  open(options: { readonly signal: AbortSignal }): Promise<OpenedImage>;
}

/** What workloads tell. */
export type WorkloadEvent =
  | { readonly type: 'seen'; readonly sighting: ImageSighting }
  /** Everything that ran at this moment has been told. */
  | { readonly type: 'synced' };

/** How workloads are watched. */
export interface WatchWorkloadsOptions {
  readonly signal: AbortSignal;
  /** Told of each failure of whoever tells of the containers; it is asked again. What is missed is made up for. */
  readonly onInterrupted: (error: Error) => void;
  /** Told when it answers again. */
  readonly onResumed: () => void;
}

/** The containers this agent looks after: those of a cluster, or those of a machine. */
export interface Workloads extends AsyncDisposable {
  /** The uid of the cluster; empty outside of one. */
  readonly clusterId: string;
  /** Tells of each container once, without end. Leaving the loop, or `signal`, ends it. */
  watch(options: WatchWorkloadsOptions): AsyncIterable<WorkloadEvent>;
}
