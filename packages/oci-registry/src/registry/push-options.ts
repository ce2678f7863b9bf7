import type { RegistryError } from '../error.ts';
import type { HostTarget } from '../hosts/registry-host.ts';
import type { RegistryReadOptions } from './read-options.ts';

/** How content is sent to a registry. */
export interface PushOptions extends RegistryReadOptions {
  /**
   * Largest piece sent in one request, in bytes. A blob of at most this size goes in one request, a larger one in several,
   * so that after a failure only what is missing is sent again. A registry may ask for larger pieces. Default 64 MiB, which
   * proxies with a limit of 100 MB let pass. Google's registries know no pieces: they always get one request.
   */
  readonly chunkBytes?: number | undefined;
  /**
   * Told what could not be cleaned up: an upload that failed and that the registry did not let be deleted. It forgets
   * such uploads by itself, sooner or later.
   */
  readonly onProblem?: ((error: RegistryError) => void) | undefined;
}

/** How a blob is sent. */
export interface PushBlobOptions extends PushOptions {
  /** A repository that has the blob: where it is in the same registry, the registry is asked to take it from there. */
  readonly mountFrom?: HostTarget | undefined;
}

/**
 * How a blob got to its target: it was `existing` there, was `mounted` from another repository of the same registry, or was
 * `copied`.
 */
export type BlobOutcome = 'copied' | 'mounted' | 'existing';

/** Largest piece of a blob unless told otherwise, in bytes. */
export const defaultChunkBytes: number = 64 * 1024 * 1024;
