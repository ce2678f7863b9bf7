import type { HostTarget } from '../hosts/registry-host.ts';
import type { VerifiedManifest } from '../image/content-store.ts';
import type { ContentDescriptor, Descriptor } from '../image/descriptor.ts';
import type { ReadOptions } from '../image/image.ts';
import type { BlobOutcome } from '../registry/push-options.ts';
import type { OpenBlob } from '../registry/upload-cursor.ts';
import type { CopyEvent } from './copy-event.ts';

/** What is going to be written, all of it known before the first byte is. */
export interface CopyPlan {
  /** The manifest or index that the name will mean. */
  readonly root: VerifiedManifest;
  /** All manifests and indexes, each after those that it names; `root` is the last. */
  readonly manifests: readonly VerifiedManifest[];
  /** All configs and layers, each once. */
  readonly blobs: readonly Descriptor[];
  /** How it is to be called there; what a name looks like is the target's. */
  readonly name: string | undefined;
  /** What refers to manifests of this plan, under the digest of the manifest that is referred to. */
  readonly referrers: ReadonlyMap<string, readonly Descriptor[]>;
}

/** How an image is written. */
export interface WriteOptions extends ReadOptions {
  /** The repository that has the blobs, where they come from a registry: another one of it can mount them. */
  readonly mountFrom?: HostTarget | undefined;
  /** Told what happens. */
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
}

/**
 * One image being written. Blobs may come several at a time; then the manifests one by one; then `finish`. Where anything
 * fails, `abandon` comes instead.
 */
export interface ImageWriter {
  /** Writes a blob, where it is not there. `open` gives verified bytes, each time from the start. */
  putBlob(blob: ContentDescriptor, open: OpenBlob, options: ReadOptions): Promise<BlobOutcome>;
  /** Writes a manifest or index under its digest. */
  putManifest(manifest: VerifiedManifest, options: ReadOptions): Promise<void>;
  /** Gives the root its name; from here on the image is there. */
  finish(options: ReadOptions): Promise<void>;
  /** Removes what was begun and not finished. */
  abandon(): Promise<void>;
}

/** Where images can be written to: a repository, a layout, an archive. */
export interface ImageTarget {
  /** How messages call it: `registry.example.com/team/app`, a path. */
  readonly name: string;
  /**
   * Begins to write an image.
   *
   * Rejects with RegistryError for what this target cannot take, before anything is written.
   */
  begin(plan: CopyPlan, options: WriteOptions): Promise<ImageWriter>;
}
