/** The body of a file, read at most once, while its event is the newest. Asking for the next event skips what is left. */
export interface EntryContent extends AsyncIterable<Uint8Array> {
  /** The first `length` bytes, fewer at the end of the file; the iteration afterwards still starts at byte 0. */
  peek(length: number): Promise<Uint8Array>;
  /**
   * What {@link peek} resolves to where that is in memory already, else undefined: for most files it is, and then looking
   * at their first bytes takes no turn of the event loop. Sources that never have it leave it out.
   */
  available?(length: number): Uint8Array | undefined;
}

/** What a layer says of one path. */
export interface EntryHeader {
  /** Relative to the image root, `/` between names, none in front; normalised. `''` is the root. */
  readonly path: string;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, whole. */
  readonly mtime: number;
}

/** A regular file with its content. */
export interface FileEntry extends EntryHeader {
  readonly kind: 'file';
  /** Bytes of the content. */
  readonly size: number;
  readonly content: EntryContent;
}

/** A directory, or a device, fifo or socket. */
export interface NodeEntry extends EntryHeader {
  readonly kind: 'directory' | 'special';
}

/** A link. */
export interface LinkEntry extends EntryHeader {
  readonly kind: 'symlink' | 'hardlink';
  /** Of a symbolic link: as written, relative to its directory or absolute. Of a hard link: a normalised path. */
  readonly target: string;
}

/**
 * A removal in the layers below (image-spec, layer.md, "Whiteouts"): `path` with all below it for `whiteout`, only what
 * lies below `path` for `opaque`.
 */
export interface MarkerEntry {
  readonly kind: 'whiteout' | 'opaque';
  readonly path: string;
}

/** Something in the layer that is not used, and why. The walk goes on. */
export interface ProblemEntry {
  readonly kind: 'problem';
  /** As the archive has it, cut to a readable length; `''` where the layer as a whole is meant. */
  readonly path: string;
  readonly reason: string;
}

/** One thing that a layer says about the file system, in the order of its archive. */
export type FileEvent = FileEntry | NodeEntry | LinkEntry | MarkerEntry | ProblemEntry;
