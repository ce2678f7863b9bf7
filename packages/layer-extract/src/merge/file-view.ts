/** Where the content of a path lies. */
export interface FileLocation {
  /** Relative to the image root, normalised. */
  readonly path: string;
  /** Index of the layer, 0 = lowest. */
  readonly layer: number;
}

/** Where a path leads when its links are followed. */
export interface ResolvedLocation extends FileLocation {
  /** Whether that is a directory, one that is only a parent of entries included. */
  readonly directory: boolean;
}

/** A link that is visible in the merged tree. */
export interface ViewLink extends FileLocation {
  readonly kind: 'symlink' | 'hardlink';
  readonly target: string;
}

/** A removal by one layer of something in the layers below it. */
export interface ViewWhiteout extends FileLocation {
  /** Whether only what lies below the path is removed. */
  readonly opaque: boolean;
  /**
   * Whether a directory is removed that the same layer makes anew. By the image-spec what lower layers have in it is
   * gone; containerd and others on overlayfs lose the whiteout, and their containers see it.
   */
  readonly disputed: boolean;
}

/**
 * The merged tree of all layers, as a container would see it. Paths are relative to the image root and normalised;
 * {@link resolve} takes any path.
 */
export interface FileView {
  /**
   * Whether something is visible at `path` itself; a link counts, wherever it leads. So does a directory that no layer
   * has an entry for but some visible file lies in, and the root.
   */
  exists(path: string): boolean;
  /**
   * Follows symbolic links in every component, absolute ones inside the image root, and a hard link at the end to the
   * entry that carries the content, which may be hidden by now. Above the root is the root, as for the container.
   * Undefined where nothing is, where a path goes on behind a file, and after `linkDepth` symbolic links.
   */
  resolve(path: string): ResolvedLocation | undefined;
  /** The layer whose version of `path` is visible; links are not followed. The highest one for a directory. */
  layerOf(path: string): number | undefined;
  /** Full paths, sorted, of the selected paths and links that are visible directly in `directory`. */
  children(directory: string): Iterable<string>;
  /** Every layer's version of a path, oldest first, hidden ones included; directories only by entries of their own. */
  history(path: string): Iterable<FileLocation>;
  /** Every visible link, by layer and then by path. */
  links(): Iterable<ViewLink>;
  /** Every removal, visible or not, by layer and then by path. */
  whiteouts(): Iterable<ViewWhiteout>;
}
