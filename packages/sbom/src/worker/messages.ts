import type { IsolatedResult } from '../analyze/isolation.ts';
import type { EntryHeader } from '../catalog/layer-event.ts';

/** A file as it crosses to a worker: its bytes (transferred), or their number where it is read by messages. */
export interface SentFile extends EntryHeader {
  readonly size: number;
  readonly head: Uint8Array;
  readonly bytes: Uint8Array | undefined;
}

/** What a worker is told. */
export type ToWorker =
  | { readonly kind: 'extract'; readonly task: number; readonly cataloger: string; readonly files: readonly SentFile[] }
  | { readonly kind: 'bytes'; readonly read: number; readonly bytes: Uint8Array }
  | { readonly kind: 'read-failed'; readonly read: number; readonly reason: string };

/** What a worker says. `task` is the number of the extraction: what a finished one still asks for is passed over. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly catalogers: readonly string[] }
  | { readonly kind: 'done'; readonly task: number; readonly result: IsolatedResult }
  | {
      readonly kind: 'read';
      readonly task: number;
      readonly read: number;
      /** Index of the file. */
      readonly file: number;
      readonly offset: number;
      readonly length: number;
    };
