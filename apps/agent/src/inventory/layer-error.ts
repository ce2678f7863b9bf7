import type { ExtractError } from '@falcon-iar/layer-extract';
import { exitCode } from '../cli/exit-code.ts';

/** A layer whose bytes are what the image promises, but cannot be read; the cause only knows where in the layer. */
export class LayerError extends Error {
  override readonly name = 'LayerError';
  readonly exitCode: number = exitCode.imageNotAvailable;
  readonly hint: string | undefined;
  override readonly cause: ExtractError;

  /** @param position - Index of the layer, 0 = lowest. */
  constructor(position: number, digest: string, cause: ExtractError) {
    const what = cause.message.replace(`[${cause.code}] `, '');
    super(`[${cause.code}] layer ${position}, ${digest}: ${what}`);
    this.cause = cause;
    this.hint = cause.hint;
  }
}
