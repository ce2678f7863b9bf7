import { exitCode } from '../../cli/exit-code.ts';

/** An image that a containers/storage folder has not, or not whole. */
export class StoredImageError extends Error {
  override readonly name = 'StoredImageError';
  readonly exitCode: number = exitCode.imageNotAvailable;
  /** What to do about it. */
  readonly hint: string;

  /** @param message - `[CODE] folder, image: what happened` */
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}
