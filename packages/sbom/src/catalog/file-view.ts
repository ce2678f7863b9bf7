/** Where the content of a path lies. */
export interface FileLocation {
  readonly path: string;
  /** Index of the layer, 0 = lowest. */
  readonly layer: number;
}

/** Where a path leads when its links are followed. */
export interface ResolvedLocation extends FileLocation {
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
  /** Whether a runtime may show what the image-spec removes; a view that cannot tell leaves it out. */
  readonly disputed?: boolean;
}

/**
 * The merged tree of all layers, as a container would see it, as far as this package asks for it. `mergeLayers` of
 * `@falcon-iar/layer-extract` gives one. Paths are relative to the image root.
 */
export interface FileView {
  /** Whether something is visible at `path` itself; a link counts, wherever it leads. */
  exists(path: string): boolean;
  /** Follows symbolic links in every component and hard links at the end to the entry that carries the content. */
  resolve(path: string): ResolvedLocation | undefined;
  /** The layer whose version of `path` is visible; links are not followed. */
  layerOf(path: string): number | undefined;
  /** Full paths of the selected files and links that are visible directly in `directory`. */
  children(directory: string): Iterable<string>;
  /** Every layer's version of a path, oldest first, hidden ones included. */
  history(path: string): Iterable<FileLocation>;
  /** Every visible link. */
  links(): Iterable<ViewLink>;
  /** Every removal, visible or not. */
  whiteouts(): Iterable<ViewWhiteout>;
}

/** One layer's version of a path, with what a cataloger extracted from it. */
export interface Version<F> extends FileLocation {
  /** Undefined where that layer's version was not extracted, such as a link. */
  readonly facts: F | undefined;
}

/** The merged tree with one cataloger's facts on it. */
export interface ImageView<F> extends Omit<FileView, 'history'> {
  /** Facts of the visible content at `path`, links followed. */
  facts(path: string): F | undefined;
  /** Facts of every visible path that has some, sorted by path. */
  all(): Iterable<FileLocation & { readonly facts: F }>;
  /** Every layer's version of a path with its facts, oldest first. */
  history(path: string): Iterable<Version<F>>;
  /** Facts that answered a {@link Need} of this cataloger, by the path it was wanted as. */
  answer(wantedAs: string): F | undefined;
}
