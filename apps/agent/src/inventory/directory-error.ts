import { exitCode } from '../cli/exit-code.ts';

/** A directory that cannot be read as the root of a file system. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly exitCode: number = exitCode.imageNotAvailable;
  /** What to do about it. */
  readonly hint: string;

  /** @param message - `[CODE] path: what happened` */
  constructor(message: string, hint: string, cause: unknown) {
    super(message, { cause });
    this.hint = hint;
  }
}
