/** Bounds on what is read from an archive, in bytes. */
export interface ArchiveOptions {
  /** Largest manifest, index, `index.json` or `manifest.json`. Default 4 MiB. */
  readonly manifestBytes?: number | undefined;
  /** Largest image config. Default 16 MiB. */
  readonly configBytes?: number | undefined;
}
