/** What an entry of a layer is. `special` covers devices, fifos and sockets. */
export type EntryKind = 'file' | 'directory' | 'symlink' | 'hardlink' | 'special';

/** The body of a file, read at most once, while its entry passes. Asking for the next entry skips what is left of it. */
export interface EntryContent extends AsyncIterable<Uint8Array> {
  /** The first `length` bytes, fewer at the end of the file; the iteration afterwards still starts at byte 0. */
  peek(length: number): Promise<Uint8Array>;
  /**
   * What {@link peek} resolves to where that is in memory already, else undefined. A source that has this saves a turn
   * of the event loop for each file whose first bytes are looked at.
   */
  available?(length: number): Uint8Array | undefined;
}

/** What a layer says of one path. */
export interface EntryHeader {
  /** Relative to the image root, `/` between names, none in front; normalised. */
  readonly path: string;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

/**
 * The smallest form of a layer's entries that {@link analyzeLayer} reads; the events of `@falcon-iar/layer-extract`
 * have it, and so can any other source of files.
 */
export type LayerEvent =
  | (EntryHeader & { readonly kind: 'file'; readonly size: number; readonly content: EntryContent })
  | (EntryHeader & { readonly kind: 'directory' | 'special' })
  | (EntryHeader & { readonly kind: 'symlink' | 'hardlink'; readonly target: string })
  | { readonly kind: 'whiteout' | 'opaque'; readonly path: string }
  | { readonly kind: 'problem'; readonly path: string; readonly reason: string };
