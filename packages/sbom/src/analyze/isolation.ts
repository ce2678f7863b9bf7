import type { RandomAccess } from '../catalog/cataloger.ts';
import type { EntryHeader } from '../catalog/layer-event.ts';
import type { ProblemCode } from '../model/problem.ts';

/** A regular file on its way to where a cataloger runs apart from everything else. */
export interface IsolatedFile extends EntryHeader {
  /** Bytes. */
  readonly size: number;
  /** First bytes of the body, at most 512; empty unless a cataloger selects by magic. */
  readonly head: Uint8Array;
  /**
   * The whole body: bytes, which then belong to the isolation (it may transfer their buffer away), or reads of what is
   * kept elsewhere, valid until `extract` settles.
   */
  readonly content: Uint8Array | RandomAccess;
}

/** One run of one cataloger's `extract`. */
export interface IsolatedExtraction {
  /** `name@version` of the cataloger. */
  readonly cataloger: string;
  /** Milliseconds that it may take, from when it begins to run. */
  readonly deadline: number;
  /** The files of the group, the one that `extract` gets first; mostly there is one. */
  readonly files: readonly [IsolatedFile, ...IsolatedFile[]];
}

/** What came of it. A file that broke its cataloger, or took it too long, is a problem and not an error. */
export interface IsolatedResult {
  /** Undefined where the file gave none. */
  readonly facts: unknown;
  readonly problems: readonly { readonly code: ProblemCode; readonly reason: string }[];
}

/**
 * Where catalogers with `isolate` run their `extract`, so that a hostile file costs one file. The host supplies it, for
 * it owns the threads; `createWorkerIsolation` makes one.
 */
export interface Isolation {
  /** Extractions that run at the same time; the pass over a layer keeps about twice as many files waiting for them. */
  readonly parallel: number;
  /**
   * Runs one extraction.
   *
   * @throws whatever keeps it from running at all, which ends the layer; the signal's reason
   */
  extract(task: IsolatedExtraction, options: { readonly signal: AbortSignal }): Promise<IsolatedResult>;
}
