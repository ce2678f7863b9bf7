/** The registry now has another image under the name than the one that runs, and the running one has no digest there. */
export class ImageMovedError extends Error {
  override readonly name = 'ImageMovedError';
  readonly code = 'IMAGE_MOVED';
  readonly hint = 'deploy by digest, or restart the workload so that it runs what the tag means now';

  /** @param running - Digest of the running image's config. */
  constructor(reference: string, running: string) {
    super(`[IMAGE_MOVED] ${reference}: the registry has another image under this name than the running ${running}`);
  }
}
