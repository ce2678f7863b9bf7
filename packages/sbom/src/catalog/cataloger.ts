import type { ProblemCode } from '../model/problem.ts';
import type { ImageView } from './file-view.ts';
import type { Finding } from './finding.ts';
import type { EntryHeader, EntryKind } from './layer-event.ts';

/** Reads parts of a file in any order, from memory or from scratch. */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** `length` bytes from `offset`; fewer only at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * One file of one layer, handed to a cataloger. Ask for its body before the first `await`, by each of the three ways
 * at most once: all catalogers that want the file share one pass over it, which begins when each has asked.
 */
export interface SelectedFile extends EntryHeader {
  readonly kind: EntryKind;
  /** Bytes; 0 for what has no body. */
  readonly size: number;
  /** Where a symbolic or hard link leads, as the layer has it. */
  readonly target?: string;
  /** First bytes of the body, at most 512; empty unless a cataloger selects by magic. */
  readonly head: Uint8Array;
  /** The body as it passes. Leaving the loop early skips the rest. */
  stream(): AsyncIterable<Uint8Array>;
  /**
   * The whole body in one buffer, shared by all catalogers that ask for it: do not write to it.
   * @throws SbomError `FILE_TOO_LARGE` when the file has more than `max` bytes or does not fit the byte budget
   */
  bytes(max: number): Promise<Uint8Array>;
  /**
   * The whole body for reading in any order: in memory within the byte budget, else in scratch. Valid until `extract`
   * settles.
   * @throws SbomError `FILE_TOO_LARGE` when it fits neither
   */
  random(): Promise<RandomAccess>;
}

/** What `extract` gets beside the file. */
export interface ExtractContext {
  readonly signal: AbortSignal;
  /** All files of the group, by path, where the cataloger declares groups; else the file alone. */
  readonly group: ReadonlyMap<string, SelectedFile>;
  /** Reports something unreadable; the facts returned still count. */
  problem(code: ProblemCode, reason: string): void;
}

/**
 * Which files a cataloger wants to see. `names`, `suffixes` and `directories` are looked up, once for all catalogers,
 * before anything is called: a layer may have millions of entries. Where one of them is given, `path` is asked of the
 * matching entries alone, and may be left out: then files and links are taken, and nothing else.
 */
export interface Selection {
  /** Names of files, whole: `package.json`. */
  readonly names?: readonly string[];
  /** Ends of names with the dot in front, in lower case; upper case in a name matches too: `.jar`, `.deps.json`. */
  readonly suffixes?: readonly string[];
  /** Names of the directory directly above, whole: `status.d`. */
  readonly directories?: readonly string[];
  /** By path and kind. Directories, links and special files are handed over without a body. */
  path?(path: string, kind: EntryKind): boolean;
  /** By the first 512 bytes of a regular file, not empty, that the path did not select. */
  magic?(head: Uint8Array, file: EntryHeader & { readonly size: number }): boolean;
  /**
   * Files that must be read together, such as a database and its journal: the same text for all members, and that text
   * is the path of the main one.
   */
  group?(path: string): string | undefined;
  /**
   * Paths where the package system keeps its database. Where one of them is reached through a link only, its content
   * is read all the same.
   */
  readonly known?: readonly string[];
}

/** What a cataloger is for, in words: `docs/catalogers.md` and `iar catalogers` are made of it. */
export interface CatalogerDescription {
  /** What people call the package system: `Debian packages (dpkg)`. */
  readonly title: string;
  /** The files it looks for, as globs, or in words where content decides. */
  readonly selects: readonly string[];
  /** What it reads there, in one sentence without a full stop. */
  readonly reads: string;
  /** purl types of its packages, or `files`, `models`, `secrets`. */
  readonly emits: readonly string[];
}

/**
 * Knows one package system. It works in two steps: `extract` sees one file (or group) of one layer and says what the
 * file says; `assemble` sees the whole image and says what is installed.
 *
 * @typeParam F - Facts of one file: plain JSON values, small; no purl, no distro, nothing another layer can change.
 */
export interface Cataloger<F = unknown> {
  /** Lower-case name, such as `dpkg`. */
  readonly name: string;
  /** Part of the cache key: change it whenever the facts of some file change. */
  readonly version: string;
  readonly description?: CatalogerDescription;
  readonly select: Selection;
  /**
   * Set where reading a hostile file could take long: the host may then run `extract` in a worker, where it gets the
   * file as bytes in memory or scratch, and end it after that time. Its facts must survive a structured clone.
   */
  readonly isolate?: {
    /** Milliseconds for one file. */
    readonly deadline: number;
    /**
     * Bytes of the smallest file that is read apart. Default 32 KiB: starting a worker costs more than what a smaller
     * file can do.
     */
    readonly from?: number;
  };
  /** MAP. A rejection becomes a problem of this file; the scan goes on. */
  extract(file: SelectedFile, context: ExtractContext): Promise<F | undefined>;
  /** REDUCE. */
  assemble(view: ImageView<F>): Iterable<Finding>;
}
