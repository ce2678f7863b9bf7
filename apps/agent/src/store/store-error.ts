import { exitCode } from '../cli/exit-code.ts';

/**
 * What went wrong with the state file.
 *
 * - `LOCKED`: another process has it open.
 * - `VERSION_NEWER`: a newer iar has written it.
 * - `UNUSABLE`: it cannot be created, opened or written: permissions, a read-only file system, a directory in its place.
 * - `DISK_FULL`: no room for what was to be written; nothing of it was.
 * - `IO_FAILED`: the file system failed.
 * - `CORRUPT`: its content is damaged; it is looked through and replaced when it is opened the next time.
 * - `TOO_LARGE`: what was to be kept is larger than all that may be kept.
 * - `CLOSED`: it was used after `close()`.
 */
export type StoreErrorCode =
  | 'LOCKED'
  | 'VERSION_NEWER'
  | 'UNUSABLE'
  | 'DISK_FULL'
  | 'IO_FAILED'
  | 'CORRUPT'
  | 'TOO_LARGE'
  | 'CLOSED';

const hints: Readonly<Record<StoreErrorCode, string>> = {
  LOCKED: 'end the other iar, or give this one a directory of its own with IAR_STATE_DIR; a directory serves one agent',
  VERSION_NEWER: 'run the version of iar that wrote it or a later one, or set IAR_STATE_DIR to an empty directory',
  UNUSABLE: 'set IAR_STATE_DIR to a directory that iar may write to, or leave it out to keep state in memory',
  DISK_FULL: 'make room where IAR_STATE_DIR is, or lower IAR_LAYER_CACHE_SIZE',
  IO_FAILED: 'look at the disk that IAR_STATE_DIR is on',
  CORRUPT: 'start iar again: it moves the damaged file aside and begins a new one',
  TOO_LARGE: 'raise IAR_LAYER_CACHE_SIZE',
  CLOSED: 'this is a defect of iar: state was used after it was closed',
};

const retryable: ReadonlySet<StoreErrorCode> = new Set(['LOCKED', 'DISK_FULL', 'IO_FAILED']);
const setUp: ReadonlySet<StoreErrorCode> = new Set(['LOCKED', 'VERSION_NEWER', 'UNUSABLE']);

/** An error of the state file. `message` is `[CODE] what, where`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** Whether the same call may work later, when somebody has freed what is in the way. */
  readonly retryable: boolean;
  /** What a person can do about it, one sentence. */
  readonly hint: string;
  /** 2 where the set-up has to change, else 1. */
  readonly exitCode: number;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(`[${code}] ${message}`, options);
    this.code = code;
    this.retryable = retryable.has(code);
    this.hint = hints[code];
    this.exitCode = setUp.has(code) ? exitCode.usage : exitCode.unexpected;
  }
}
