import { type ExtractLimits, extractLimits } from '../extract-limits.ts';

const MiB = 1024 * 1024;

/** Bounds on what walking one directory may cost. Passing one ends the walk with `LIMIT_EXCEEDED`, except where noted. */
export interface DirectoryLimits extends Pick<ExtractLimits, 'entries' | 'pathBytes' | 'pathDepth' | 'linkTextBytes'> {
  /** Bytes of content read from all files; content that nobody asks for is not read and does not count. */
  readonly totalBytes: number;
  /** Memory, in bytes, for the names of the directory that is read and of those it lies in: sorting needs them all. */
  readonly nameBytes: number;
  /** Bytes that the program which reads extended attributes may print. */
  readonly attributeBytes: number;
}

/** The limits that hold where none are given; those of layers with a few more. */
export const directoryLimits: DirectoryLimits = Object.freeze({
  entries: extractLimits.entries,
  pathBytes: extractLimits.pathBytes,
  pathDepth: extractLimits.pathDepth,
  linkTextBytes: extractLimits.linkTextBytes,
  totalBytes: extractLimits.totalBytes,
  // A directory of about a million files; mail folders and caches of that size stay outside of images.
  nameBytes: 64 * MiB,
  // About 200 000 opaque directories.
  attributeBytes: 16 * MiB,
});
