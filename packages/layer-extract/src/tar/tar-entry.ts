/** What a tar header describes; the body of `unknown` is no file's content. */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'special' | 'unknown';

/** One entry of an archive, before its name is looked at. */
export interface TarEntry {
  readonly type: TarEntryType;
  /** As the archive has it; bytes that are no UTF-8 are kept apart, see `decodeName`. */
  readonly name: string;
  /** Target of a link as the archive has it, otherwise `''`. */
  readonly linkName: string;
  /** Bytes of the content, holes of a sparse file included. */
  readonly size: number;
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, whole. */
  readonly mtime: number;
  /** Where the header lies in the archive, in bytes. */
  readonly offset: number;
  readonly body: TarBody;
}

/** The body of the entry that the reader stands at. */
export interface TarBody {
  /** The next bytes, a view that stays valid; undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  /** A copy of the next bytes, fewer at the end; undefined where they are not at hand, then they can only be read. */
  peek?(length: number): Uint8Array | undefined;
  /** True when the reader has moved on to another entry, or closed. */
  readonly gone: boolean;
}
