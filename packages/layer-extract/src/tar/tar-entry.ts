/** What a tar header describes; `sparse` and `unknown` have bodies that are not the file's content. */
export type TarEntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'special' | 'sparse' | 'unknown';

/** One entry of an archive, before its name is looked at. */
export interface TarEntry {
  readonly type: TarEntryType;
  /** As the archive has it; bytes that are no UTF-8 are kept apart, see `decodeName`. */
  readonly name: string;
  /** Target of a link as the archive has it, otherwise `''`. */
  readonly linkName: string;
  /** Bytes of the body. */
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
  /** True when the reader has moved on to another entry, or closed. */
  readonly gone: boolean;
}
