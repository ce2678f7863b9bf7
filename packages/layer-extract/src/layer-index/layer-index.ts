/** Version of the form of a {@link LayerIndex}; an index of another version is made anew from its layer. */
export const layerIndexVersion = 2;

/** A link that a layer writes. */
export interface LayerLink {
  readonly path: string;
  readonly kind: 'symlink' | 'hardlink';
  /** Of a symbolic link: as written. Of a hard link: the normalised path that has the content, never one more of them. */
  readonly target: string;
}

/**
 * What a layer does to the file system, without any content: small enough to keep for every layer ever read, and plain,
 * so that it can be stored with `encodeLayerIndex` or a structured clone.
 */
export interface LayerIndex {
  readonly version: typeof layerIndexVersion;
  /**
   * 16 bytes for each path the layer writes, sorted: the first 126 bits of the path's SHA-256, then two flags in the
   * last byte. Bit 0: the path is a directory. Bit 1: the directory has no entry of its own, it is only the parent of
   * one, or of a whiteout.
   */
  readonly entries: Uint8Array;
  /** Links the layer leaves behind, sorted by path in code units. */
  readonly links: readonly LayerLink[];
  /** Paths removed from the layers below, sorted. */
  readonly whiteouts: readonly string[];
  /** Directories whose content in the layers below is removed, sorted; `''` is the root. */
  readonly opaque: readonly string[];
}

/** Bytes of one path in {@link LayerIndex.entries}. */
export const entryBytes = 16;

/** Flags in the last byte of an entry. */
export const entryFlags = { directory: 1, implied: 2, all: 3 } as const;
